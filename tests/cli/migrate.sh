#!/bin/sh
# The verb migrate as people call it, on a demo counter's data and both stores: a plan writes nothing, also beside the
# counter; a run moves what fits, is whole when it is killed, and goes on when it is called again. Usage: migrate.sh BUILD
program=$1/yichuang
passed=0 failed=0
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2> /dev/null; rm -rf "$dir"' EXIT
export TMPDIR="$dir"
service=traffic-first-violation

# expect CODE TEXT ARGUMENTS…: ends with the code and prints the text somewhere
expect() {
    code=$1 text=$2
    shift 2
    "$program" "$@" > "$dir/out" 2>&1 < /dev/null
    got=$?
    if [ $got -eq "$code" ] && grep -qF -- "$text" "$dir/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $*: wanted $code and $text, got $got and"; cat "$dir/out"
    fi
}
# packs NAME SED-SCRIPT: the demo's packs with another process of the service
packs() {
    cp -r packs/demo-prefecture "$dir/$1"
    sed -i "$2" "$dir/$1/$service/process.bpmn"
}
# demo PLACE: opens a demo counter and waits until it is ready
demo() {
    "$program" serve --demo --store "$1" --port 0 > "$dir/log" 2>&1 &
    server=$!
    for i in $(seq 100); do grep -q ^ready "$dir/log" && return; sleep 0.1; done
}
close() { kill $server; wait $server 2> /dev/null; server=; }
# killed FAULT PLACE: a run that ends at a named place
killed() { YICHUANG_FAULT=$1 "$program" migrate run --service $service --store "$2" --packs "$dir/next" $order > /dev/null 2>&1; }

packs next 's|sourceRef="letter" targetRef="end"|sourceRef="letter" targetRef="archive"/><bpmn:userTask id="archive" name="归档"/><bpmn:sequenceFlow id="to_end_2" sourceRef="archive" targetRef="end"|; s|<bpmn:incoming>to_end<|<bpmn:incoming>to_end_2<|'
packs other 's|<bpmn:userTask id="decide"|<bpmn:manualTask id="decide"|; s|</bpmn:userTask>|</bpmn:manualTask>|; /zeebe:userTask/d; /assignmentDefinition/d'
order='--by chen --reason 新法施行 --law rtsl:90'

# story PLACE
story() {
    demo "$1"
    expect 0 '0 of 0 cases fit' migrate plan --service $service --store "$1"
    expect 0 ' fit' migrate plan --service $service --store "$1" --packs "$dir/next"
    open=$(sed -n 's/.* of \([0-9]*\) cases fit/\1/p' "$dir/out")
    [ "${open:-0}" -gt 2 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED: the demo has ${open:-no} open cases"; }
    expect 1 'type decide: the new version has an element of another type here' migrate plan --service $service --store "$1" --packs "$dir/other"
    expect 1 '"code":"type","element":"decide"' migrate plan --service $service --store "$1" --packs "$dir/other" --json --limit 1
    close
    expect 0 'the chain holds' verify --store "$1"
    before=$(cat "$dir/out")
    expect 0 "$open of $open cases fit" migrate plan --service $service --store "$1" --packs "$dir/next" --from all
    expect 0 "$before" verify --store "$1"
    expect 1 'only a supervisor or a lawyer' migrate run --service $service --store "$1" --packs "$dir/next" --by wang --reason x
    expect 1 'there is no user nobody' migrate run --service $service --store "$1" --packs "$dir/next" --by nobody --reason x
    for fault in before-commit:1 after-commit:1 before-commit:2 after-commit:2 before-commit:3; do
        killed $fault "$1" # whatever it had begun is whole or not there
        "$program" migrate plan --service $service --store "$1" --packs "$dir/next" > "$dir/out" 2>&1
        grep -Eq "^($open of $open|0 of 0) cases fit" "$dir/out" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED at $fault:"; cat "$dir/out"; }
    done
    expect 0 ' cases went over' migrate run --service $service --store "$1" --packs "$dir/next" $order
    expect 0 '0 of 0 cases went over' migrate run --service $service --store "$1" --packs "$dir/next" $order
    expect 0 'case_instance: 9 rows as the events have them' verify --store "$1" --projections
}
story "$dir/data"
demo "$dir/held"
expect 1 'held' migrate run --service $service --store "$dir/held" --packs "$dir/next" $order
close
expect 0 '9 of 9 cases went over' migrate run --service $service --store "$dir/held" --packs "$dir/next" $order
[ -z "$YC_POSTGRES" ] || story "$YC_POSTGRES"

expect 2 'usage: yichuang migrate' migrate run --service $service --store "$dir/data"
expect 2 'usage: yichuang migrate' migrate run --service $service --store "$dir/data" --by chen --reason ' '
expect 2 'usage: yichuang migrate' migrate plan --store "$dir/data"
expect 2 'usage: yichuang migrate' migrate plan --service $service --store "$dir/data" --limit many
expect 0 'usage: yichuang migrate' migrate --help
expect 1 'there is no service nothing' migrate plan --service nothing --store "$dir/data"
expect 1 'no version of this service has such a hash' migrate plan --service $service --store "$dir/data" --from ffff
echo '{"elements":{"decide":"nobody"}}' > "$dir/map.json"
expect 0 '0 of 0' migrate plan --service $service --store "$dir/data" --packs "$dir/next" --map "$dir/map.json"
echo '{"timers":"all"}' > "$dir/map.json"
expect 1 'a map has elements, restart, drop and clocks' migrate plan --service $service --store "$dir/data" --map "$dir/map.json"
echo '{' > "$dir/map.json"
expect 1 'map.json' migrate plan --service $service --store "$dir/data" --map "$dir/map.json"
expect 1 'there is no database here' migrate plan --service $service --store "$dir/none"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
