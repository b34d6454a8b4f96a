#!/bin/sh
# The verb verify as people call it: on a demo counter's data it agrees, also while the counter runs; a row changed by
# hand is found and named; a folder of the earlier layout is refused. Usage: verify.sh BUILD
program=$1/yichuang
passed=0 failed=0
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2> /dev/null; rm -rf "$dir"' EXIT
export TMPDIR="$dir"

# expect CODE TEXT ARGUMENTS…: ends with the code and prints the text somewhere
expect() {
    code=$1 text=$2
    shift 2
    "$program" verify "$@" > "$dir/out" 2>&1 < /dev/null
    got=$?
    if [ $got -eq "$code" ] && grep -qF -- "$text" "$dir/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $*: wanted $code and $text, got $got and"; cat "$dir/out"
    fi
}
# edit FOLDER SQL: what somebody could do behind the counter's back
edit() { sqlite3 "$1/yichuang.db" "$2"; }

# demo PLACE: opens a demo counter and waits until it is ready
demo() {
    "$program" serve --demo --store "$1" --port 0 > "$dir/log" 2>&1 &
    server=$!
    for i in $(seq 100); do grep -q ^ready "$dir/log" && return; sleep 0.1; done
}
close() { kill $server; wait $server; server=; }

demo "$dir/data"
expect 0 'case_instance: 9 rows as the events have them' --store "$dir/data" --projections
close
expect 0 ', the chain holds' --dir "$dir/data"
expect 0 '0 papers, each as it was handed in' --dir "$dir/data"
expect 0 '"difference":null' --dir "$dir/data" --projections --json
cp -r "$dir/data" "$dir/edited" && edit "$dir/edited" "update case_instance set version = version + 1 where id = (select max(id) from case_instance)"
expect 1 'first difference: case_instance [' --dir "$dir/edited" --projections
expect 1 '{"table":"case_instance","rows":8,"same":false}' --dir "$dir/edited" --projections --json
cp -r "$dir/data" "$dir/cut" && edit "$dir/cut" "delete from store_event where number = (select max(number) from store_event)"
expect 1 'its end is missing or changed' --dir "$dir/cut"
cp -r "$dir/data" "$dir/early" && edit "$dir/early" "delete from store_migration where room = 'store' and number > 2; update store_migration set number = 1 where room = 'store'"
expect 1 'written by an early version of this program' --dir "$dir/early"
expect 1 'there is no database here' --dir "$dir/none"
expect 2 'usage: yichuang verify' --projections
if [ -n "$YC_POSTGRES" ]; then
    demo "$YC_POSTGRES"
    expect 0 'case_instance: 9 rows as the events have them' --store "$YC_POSTGRES" --projections
    close
fi
left=$(ls -d "$dir"/yichuang-verify-* 2> /dev/null)
[ -z "$left" ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED: left $left"; }
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
