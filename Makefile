# The front door: the words everybody types. The work is Meson's and npm's.
BUILD ?= build
PORT ?= 8080
ROOT := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: all run deps build check test san fuzz lint clean tck pack

all: build

# The authority with demo data, in two words on a fresh machine.
run: deps build
	exec $(BUILD)/yichuang serve --demo --dir var/demo --port $(PORT)

deps:
	@tools/deps $(ROOT)

$(BUILD)/build.ninja: meson.build
	meson setup $(BUILD) --reconfigure >/dev/null 2>&1 || meson setup $(BUILD)

build: $(BUILD)/build.ninja
	ninja -C $(BUILD)
