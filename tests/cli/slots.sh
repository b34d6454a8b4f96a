#!/bin/sh
# The verb slots as people call it: a dry run writes nothing, made again it changes nothing. Usage: slots.sh BUILD
program=$1/yichuang
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# expect CODE TEXT ARGUMENTS…: ends with the code and prints the text somewhere
expect() {
    code=$1 text=$2
    shift 2
    "$program" slots "$@" > "$dir/out" 2>&1 < /dev/null
    got=$?
    if [ $got -eq "$code" ] && grep -q -- "$text" "$dir/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $*: wanted $code and $text, got $got and"; cat "$dir/out"
    fi
}
# A counter that has been opened once.
"$program" serve --demo --store "$dir/data" --port 0 > "$dir/serve" 2>&1 &
server=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q '^login admin' "$dir/serve" && break; sleep 0.5; done
sleep 1.5
expect 0 ' slots, 0 taken' show --office demo-county --store "$dir/data"
kill "$server"
wait "$server"
here="--store $dir/data"
expect 0 '^0 opened, 0 shut: nothing was written' generate --office demo-county $here --dry-run
expect 0 ': nothing was written' generate --office demo-county $here --days 21 --dry-run
expect 0 '^[1-9][0-9]* opened, 0 shut$' generate --office demo-county $here --days 21
expect 0 '^0 opened, 0 shut$' generate --office demo-county $here --days 21
expect 0 '"opened":0,"shut":0' generate --office demo-county $here --json
expect 0 '"counter":"w5"' show --office demo-county $here --json
expect 0 '^0 slots, 0 taken' show --office demo-county $here --from 2020-01-01
expect 1 'no hall' show --office nowhere $here
expect 1 'is a date' show --office demo-county $here --from tomorrow
expect 1 'at most 60 days' generate --office demo-county $here --days 100
expect 2 'usage' generate $here
expect 2 'usage' show --office demo-county
expect 0 'usage' --help
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
