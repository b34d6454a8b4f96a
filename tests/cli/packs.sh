#!/bin/sh
# The verbs pack list and pack diff as people call them: what a counter keeps of its services, and what changed. Usage: packs.sh BUILD
program=$1/yichuang
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# expect CODE TEXT ARGUMENTS…: ends with the code and prints the text somewhere
expect() {
    code=$1 text=$2
    shift 2
    timeout 60 "$program" pack "$@" > "$dir/out" 2>&1 < /dev/null
    got=$?
    if [ $got -eq "$code" ] && grep -q -- "$text" "$dir/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $*: wanted $code and $text, got $got and"; cat "$dir/out"
    fi
}
# serve PACKS: opens the counter once, so that these versions are kept
serve() {
    "$program" serve --demo --store "$dir/data" --packs "$1" --port 0 > "$dir/serve" 2>&1 &
    server=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q '^login admin' "$dir/serve" && break; sleep 0.5; done
    kill "$server"
    wait "$server"
}
# hash NUMBER: of the n-th version of licence-lost
hash() { "$program" pack list $here | sed -n 's/^licence-lost  [^ ]*  \([0-9a-f]*\) .*/\1/p' | sed -n "$1p"; }

mkdir "$dir/packs"
cp -r packs/demo-prefecture/. "$dir/packs"
here="--store $dir/data --packs $dir/packs"
serve "$dir/packs"
expect 0 '^licence-lost  .*  since 20..-..-..  [0-9]* open  in force$' list $here
first=$(hash 1)
printf '\n' >> "$dir/packs/licence-lost/process.bpmn"
expect 0 '^licence-lost  .* open$' list $here
serve "$dir/packs"
expect 0 "\"hash\":\"$first\".*\"in_force\":false,\"open\":" list $here --json
second=$(hash 2)
[ -n "$first" ] && [ -n "$second" ] && [ "$first" != "$second" ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED two versions: $first $second"; }
expect 0 '^changed process.bpmn$' diff licence-lost "$first" "$second" --store "$dir/data"
expect 0 '^1 files differ$' diff licence-lost "$first" "$second" --store "$dir/data"
expect 0 '"file":"process.bpmn","change":"changed"' diff licence-lost "$first" "$second" --store "$dir/data" --json
expect 0 '^0 files differ$' diff licence-lost "$second" "$dir/packs/licence-lost" --store "$dir/data"
expect 0 '^0 files differ$' diff licence-lost "$(echo "$first" | cut -c 1-12)" packs/demo-prefecture/licence-lost --store "$dir/data"
expect 0 '^1 files differ$' diff licence-lost packs/demo-prefecture/licence-lost "$dir/packs/licence-lost"
expect 1 'no version 00000000 of licence-lost' diff licence-lost 00000000 "$second" --store "$dir/data"
expect 1 'no version' diff licence-renewal "$first" "$second" --store "$dir/data"
expect 1 'no version' diff licence-lost "$(echo "$first" | cut -c 1-4)" "$second" --store "$dir/data"
expect 1 '--store says where' diff licence-lost "$first" "$second"
printf '{' > "$dir/packs/licence-lost/pack.json"
expect 1 'faults' diff licence-lost "$second" "$dir/packs/licence-lost" --store "$dir/data"
expect 1 'faults' list $here
expect 2 'usage' list
expect 2 'usage' diff licence-lost "$first" --store "$dir/data"
expect 2 'usage' diff licence-lost "$first" "$second" third --store "$dir/data"
expect 0 'eight signs' --help
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
