#!/bin/sh
# Journey 11 without a browser: an office tree, users with what they may do and where, qualifications, a backup that comes
# up in another place as it was, and a log whose tables follow from it. On both stores. Usage: admin.sh BUILD
program=$1/yichuang
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TMPDIR="$dir"

# expect CODE TEXT ARGUMENTS…: ends with the code and prints the text somewhere
expect() {
    code=$1 text=$2
    shift 2
    timeout 60 "$program" "$@" > "$dir/out" 2>&1 < /dev/null
    got=$?
    if [ $got -eq "$code" ] && grep -qF -- "$text" "$dir/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $*: wanted $code and $text, got $got and"; cat "$dir/out"
    fi
}
journey() {
    at=$1
    expect 0 "done" office add state --name-zh 州 --name-en State --store "$at"
    expect 0 "nothing is changed" office add county --parent state --name-zh 县 --name-en County --store "$at" --dry-run
    expect 1 "no such office" office add post --parent county --name-zh 点 --name-en Post --store "$at"
    expect 0 "done" office add county --parent state --name-zh 县 --name-en County --store "$at"
    expect 0 "done" office add post --parent county --name-zh 点 --name-en Post --store "$at"
    expect 1 "cannot lie below itself" office move state --parent post --store "$at"
    expect 0 "    post" office list --store "$at"
    expect 0 "password " user add ma --office county --role clerk --name-zh 马 --name-en Ma --store "$at"
    expect 1 "is taken" user add ma --office county --role clerk --name-zh 马 --name-en Ma --store "$at"
    expect 1 "no such role" user add he --office county --role king --name-zh 何 --name-en He --store "$at"
    expect 0 "done" user grant ma --what case.decide --office county --below --service licence-renewal --until 2090-12-31 --store "$at"
    expect 1 "no such scope" user grant ma --what case.burn --office county --store "$at"
    expect 1 "is past" user grant ma --what cash --office post --until 2001-01-01 --store "$at"
    expect 1 "must be a date" user grant ma --what cash --office post --until soon --store "$at"
    expect 0 "grant 2  case.decide  county and below  licence-renewal" user show ma --store "$at"
    expect 0 "done" user qualify ma --service licence-renewal --until 2090-12-31 --store "$at"
    expect 0 '"service":"licence-renewal"' user show ma --json --store "$at"
    expect 0 '"changed":true' user revoke ma --grant 2 --json --store "$at"
    expect 1 "no grant of that number" user revoke ma --grant 2 --store "$at"
    expect 0 "nothing is changed" user disable ma --dry-run --store "$at"
    expect 0 '"released":0' user disable ma --reason "left" --json --store "$at"
    expect 0 "disabled" user list --store "$at"
    expect 0 "done" user enable ma --store "$at"
    expect 0 "0 sessions" user sessions ma --store "$at"
    expect 0 "done" user sessions ma --end --store "$at"
    expect 0 "password " user password ma --store "$at"
    expect 0 "case.decide" user roles --store "$at"
    expect 2 "usage" user grant --store "$at"
    expect 2 "usage" user dance ma --store "$at"
    expect 0 "usage: yichuang user" user --help
    expect 0 "as the events have them" verify --store "$at" --projections
    expect 0 "backed up" backup "$dir/copy-$2" --store "$at"
    expect 0 "restored" restore "$dir/copy-$2" --store "$dir/second-$2"
    expect 0 "ma  clerk  county  Ma" user list --store "$dir/second-$2"
    expect 0 "as the events have them" verify --store "$dir/second-$2" --projections
}
journey "$dir/data" folder
[ -z "$YC_POSTGRES" ] || journey "$YC_POSTGRES" database
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
