# The front door: the words everybody types. The work is Meson's, npm's and the scripts' in tools/.
BUILD ?= build
PORT ?= 8080
KILLS ?= 100
STORE ?= sqlite
CUTS ?= 3000
TCK ?= ../shared/conformance/dmn-tck
BENCH ?= ../shared/bench/decisions
CASES ?= ../shared/conformance/bpmn
RUNS ?= 100000

.PHONY: all run deps deps-test build web check test san lint clean tck bpmn-cases property fuzz format install bench models powercut torture journeys a11y pageweight lighthouse
all: build

# The counter with demo data on a fresh machine: installs, builds, starts, prints the address and the logins.
run: deps build
	@mkdir -p var
	@exec $(BUILD)/yichuang serve --demo --dir var/demo --port $(PORT)

deps:
	@tools/deps build
deps-test:
	@tools/deps test
	@cd tests/differential && { [ node_modules/.package-lock.json -nt package-lock.json ] || \
	    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || echo "feelin and the lint cannot be installed: their comparisons will be skipped"; }

# The front end is built by npm once, and again when its sources change; ninja itself needs no npm.
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)
web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
$(BUILD)/web/.built: $(WEB_SOURCES) web/node_modules/.installed
	cd web && node build.mjs ../$(BUILD)/web
	@touch $@
web: $(BUILD)/web/.built

$(BUILD)/build.ninja: meson.build
	@mkdir -p $(BUILD)
	meson setup $(BUILD) > $(BUILD)/setup.log 2>&1 || { cat $(BUILD)/setup.log; exit 1; }
build: web $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

# Program, libraries, headers and pkg-config files; DESTDIR= to stage.
install: build
	@DESTDIR='$(DESTDIR)' meson install -C $(BUILD) --no-rebuild --quiet --strip

# The inner loop: house rules and the fast tests, under ten seconds, without network, browser or npm.
HOUSE = tools/rooms && tools/names $(BUILD) && tools/lengths && tools/headers && tools/banned && tools/templates && echo "6 passed, 0 failed"
check: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@tools/test $(BUILD) '$(HOUSE)' c

# Everything. Ends with "N passed, N failed".
test: deps-test build
	@meson setup $(BUILD) --reconfigure > /dev/null && ninja -C $(BUILD) --quiet
	@KILLS=$(KILLS) tests/postgres/with tools/test $(BUILD) '$(HOUSE)' c postgres \
	    '$(BUILD)/yichuang pack test packs/demo-prefecture' \
	    'node tests/packs/run.mjs $(BUILD)/yichuang' \
	    'node tests/packs/law.mjs' \
	    'node tests/api/run.mjs $(BUILD)/yichuang' \
	    'STORE=postgres node tests/api/run.mjs $(BUILD)/yichuang' \
	    'STORE=postgres node tests/postgres/gone.mjs $(BUILD)/yichuang' \
	    'node tests/journeys/run.mjs $(BUILD)/yichuang' \
	    'STORE=postgres node tests/journeys/run.mjs $(BUILD)/yichuang window book' \
	    'node tests/pages/a11y.mjs $(BUILD)/yichuang' \
	    'node tests/pages/weight.mjs $(BUILD)/yichuang' \
	    'tests/replay.sh $(BUILD)/yichuang' \
	    'tests/conformance/kit.sh $(BUILD)' \
	    'tests/cli/decision.sh $(BUILD)' \
	    'tests/cli/calendar.sh $(BUILD)' \
	    'tests/cli/verify.sh $(BUILD)' \
	    'tests/cli/slots.sh $(BUILD)' \
	    'tests/cli/packs.sh $(BUILD)' \
	    'tests/cli/migrate.sh $(BUILD)' \
	    'tests/cli/admin.sh $(BUILD)' \
	    'node tests/differential/feelin.mjs $(BUILD)/yichuang' \
    'node tests/differential/bpmnlint.mjs $(BUILD)/yichuang' \
    'node tests/differential/forms.mjs $(BUILD)/tests/forms_answers' \
	    'node tests/cli/examples.mjs $(BUILD)/yichuang docs/decisions-cli.md' \
	    'tests/library/installed.sh $(BUILD)' \
	    hostile \
	    '$(BUILD)/tests/hostile/powercut $(CUTS)' \
	    tests/models/run.sh \
	    'node tests/hostile/disk_full.mjs $(BUILD)/yichuang' \
	    'node tests/hostile/trouble.mjs $(BUILD)/yichuang' \
	    'node tests/hostile/torture.mjs $(BUILD)/yichuang' \
	    'KILLS=$$((KILLS / 10)) STORE=postgres node tests/hostile/torture.mjs $(BUILD)/yichuang'

# The same C tests under AddressSanitizer and UndefinedBehaviorSanitizer.
san: web
	@[ -f build-san/build.ninja ] || meson setup build-san -Db_sanitize=address,undefined > /dev/null
	@mkdir -p build-san/web && cp -r $(BUILD)/web/. build-san/web/
	@ninja -C build-san --quiet && tools/test build-san c

# The journeys of residents and of the hall, with a picture of each step in build/journeys; those of the hall on PostgreSQL
# too. Who administers works by CLI (tests/cli/admin.sh), on both.
HALL = window hall book board once
journeys: build
	@rm -rf $(BUILD)/journeys
	@STEPS=$(BUILD)/journeys node tests/journeys/run.mjs $(BUILD)/yichuang find apply violation $(HALL)
	@STORE=postgres tests/postgres/with node tests/journeys/run.mjs $(BUILD)/yichuang $(HALL)
	@tests/postgres/with tests/cli/admin.sh $(BUILD)

# Every page: without a finding of axe-core, at every size, with keys only; and how much it weighs. [PAGE=name]
a11y: build
	@node tests/pages/a11y.mjs $(BUILD)/yichuang $(PAGE)
pageweight: build
	@node tests/pages/weight.mjs $(BUILD)/yichuang $(PAGE)

# Lighthouse on the resident's pages as a slow phone sees them, some two minutes; it comes from npm. [PAGE=name]
# In its lock trace_engine wants third-party-web ^0.27.0, not "latest" as it says itself: no npm takes that from a lock.
lighthouse: build
	@cd tests/pages && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@node tests/pages/lighthouse.mjs $(BUILD)/yichuang $(PAGE)

# The public DMN conformance kit.
tck: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet tests/tck
	@$(BUILD)/tests/tck $(TCK)

# Decisions beside other engines and a C floor, some four minutes; the peers come from npm (docs/benchmarks.md).
bench: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet bench/decisions
	@mkdir -p var/bench/zen2 var/bench/work && cp -r $(BENCH)/. var/bench && chmod -R u+w var/bench
	@cd var/bench && npm install --silent && npm install --silent --prefix zen2 @gorules/zen-engine-linux-x64-gnu@2.0.2
	@OURS=$(abspath $(BUILD))/bench/decisions var/bench/run.sh

# Process cases: make bpmn-cases CASES=DIR.
bpmn-cases: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet tests/bpmn_cases
	@$(BUILD)/tests/bpmn_cases $(CASES)

# The power is cut after each write and sync of a counter's life; the disk fills up and fails: make powercut CUTS=1000000.
powercut: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet tests/hostile/powercut
	@$(BUILD)/tests/hostile/powercut $(CUTS)

# kill -9 under load, with effects outside: make torture KILLS=1000 [STORE=postgres].
torture: build
	@KILLS=$(KILLS) STORE=$(STORE) tests/postgres/with node tests/hostile/torture.mjs $(BUILD)/yichuang

# Spin models of commands, commits, outbox and hand-over, and their mutants, which must be found wrong.
models:
	@tests/models/run.sh

# Any bytes against the parsers, under both sanitizers: make fuzz [TARGET=name] [RUNS=n].
fuzz:
	@tools/fuzz build-fuzz '$(TARGET)' $(RUNS)

# Generated processes: known outcomes, a second interpreter, what must always hold. make property [RUNS=n].
property: RUNS = 10000
property: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@for t in property oracle invariant; do PROPERTY_RUNS=$(RUNS) $(BUILD)/tests/bpmn/bpmn_$${t}_test || exit 1; done

format:
	clang-format -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.c' 'fuzz/*.c')
clean:
	rm -rf $(BUILD) build-san build-fuzz web/node_modules
