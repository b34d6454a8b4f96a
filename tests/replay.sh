#!/bin/sh
# Replays the shipped two-year table by five readings and compares every figure. Usage: replay.sh PROGRAM
# The table lies in the shared data (YC_SHARED, else ../shared); without it the test says skipped.
program=$1
table=${YC_SHARED:-../shared}/data/workload/violations-2y.csv.gz
pack=packs/demo-prefecture/traffic-first-violation
passed=0 failed=0
if [ ! -r "$table" ]; then
    echo "skipped: $table is not here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# expect NAME PATTERN: the report must hold the pattern
expect() {
    if grep -qE "$2" "$dir/report"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $1: no $2 in"; cat "$dir/report"
    fi
}
run() { "$program" replay $pack --csv "$table" --year 2025 --json "$@" > "$dir/report" || echo "ended with $?" >> "$dir/report"; }

run --out "$dir/out"
expect base '"rows":989400,"decided":389342,'
expect skipped '"skipped":\{"other_year":477438,"not_minor":110815,"revoked":7816\}'
expect refused '"placeholder_plate":3989'
expect outcomes '"WARNING":270167'
expect outcomes '"ORDINARY":119175'
[ "$(wc -l < "$dir/out/verdicts.csv")" = 389343 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED verdicts.csv"; }
[ "$(wc -l < "$dir/out/refused.csv")" = 3990 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED refused.csv"; }
grep -qE '^[0-9]+,WARNING,D5,' "$dir/out/verdicts.csv" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED rule in verdicts.csv"; }
run --compare window=P365D --out "$dir/out"
expect P365D '"changed":18,.*"WARNING":270185'
[ "$(wc -l < "$dir/out/changed.csv")" = 19 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED changed.csv"; }
run --compare window=year
expect year '"changed":21760,.*"WARNING":291927'
run --compare revoked=count
expect revoked '"changed":976,.*"WARNING":269191'
run --compare order=recorded
expect recorded '"changed":205,.*"WARNING":270158'
run --set window=year
expect set '"WARNING":291927'
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
