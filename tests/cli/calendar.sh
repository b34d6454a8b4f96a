#!/bin/sh
# The verb calendar as people call it: the last day, or a refusal with its reason. Usage: calendar.sh BUILD
program=$1/yichuang
packs=packs/demo-prefecture/calendars
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf '{"year": 2027, "papers": [], "days": []}' > "$dir/2027.json"
printf '{"year": 2026, "days": [{"date": "2026-02-03", "isOffDay": 1}]}' > "$dir/bad.json"
printf '{"year": 2006, "days": [{"date": "2006-12-30", "isOffDay": false}, {"date": "2006-12-28", "isOffDay": true}]}' > "$dir/2006.json"

printf '{"year": 2026, "days": [{"date": "2026-04-13", "kind": "work"}]}' > "$dir/post.json"
printf '{"year": 2026, "days": [{"date": "2026-04-13", "kind": "work"}, {"date": "2026-04-13", "kind": "rest"}]}' > "$dir/both.json"
printf '{"year": 2027, "days": [{"date": "2027-04-13", "kind": "rest"}]}' > "$dir/local.json"

# expect CODE TEXT ARGUMENTS…: ends with the code and prints the text somewhere
expect() {
    code=$1 text=$2
    shift 2
    "$program" calendar "$@" > "$dir/out" 2>&1 < /dev/null
    got=$?
    if [ $got -eq "$code" ] && grep -qF -- "$text" "$dir/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $*: wanted $code and $text, got $got and"; cat "$dir/out"
    fi
}
both="--calendar $packs/2025.json --calendar $packs/2026.json"
expect 0 2026-02-24 due $both --start 2026-02-12 --days 3 --unit working
expect 0 2026-01-04 due $both --start 2025-12-31 --days 1 --unit working
expect 0 2026-02-24 due $both --start 2026-01-17 --days 30 --unit calendar
expect 0 2006-12-30 due --calendar "$dir/2006.json" --start 2006-12-27 --days 2 --unit working
expect 0 '{"due":"2026-10-08","start":"2026-09-30","days":1,"unit":"working"}' due $both --start 2026-09-30 --days 1 --unit working --json
over="--calendar $packs/prefecture/2026.json"
expect 0 2026-04-16 due $both $over --start 2026-04-10 --days 1 --unit working
expect 0 2026-04-13 due $both $over --calendar "$dir/post.json" --start 2026-04-10 --days 1 --unit working
expect 0 '{"due":"2026-04-16","start":"2026-04-10","days":4,"unit":"calendar"}' due $both $over --start 2026-04-10 --days 4 --unit calendar --json
expect 2 'called a day off and a working day' due $both --calendar "$dir/both.json" --start 2026-04-10 --days 1 --unit working
expect 2 'the days off of 2027 are not published' due $both --calendar "$dir/2027.json" --calendar "$dir/local.json" --start 2026-12-31 --days 1 --unit working
expect 2 'the days off of 2027 are not published' due $both --start 2026-12-31 --days 1 --unit working
expect 2 'the days off of 2027 are not published' due $both --calendar "$dir/2027.json" --start 2026-12-02 --days 30 --unit calendar
expect 2 '/days/0' due --calendar "$dir/bad.json" --start 2026-02-02 --days 1 --unit working
expect 2 'cannot be opened' due --calendar "$dir/none.json" --start 2026-02-02 --days 1 --unit working
expect 2 '--start must be' due $both --start 2026-02-30 --days 1 --unit working
expect 2 '--days must be' due $both --start 2026-02-02 --days 0 --unit working
expect 2 '--days must be' due $both --start 2026-02-02 --days 99999999999999999999 --unit working
expect 2 '--unit must be' due $both --start 2026-02-02 --days 1 --unit weeks
expect 2 'usage: yichuang calendar' due --start 2026-02-02 --days 1 --unit working
mkdir "$dir/packs"
cp -r packs/demo-prefecture/. "$dir/packs"
expect 0 '2026-02-14  work' show 2026
expect 0 '2026-01-01  rest' show 2026
expect 0 '2026-04-13  rest' show 2026 --office demo-county
expect 0 '{"date":"2026-02-14","kind":"work"}' show 2026 --json
expect 1 'the days off of 2031 are not published' show 2031
expect 1 'no office nowhere' show 2026 --office nowhere
expect 1 'the year must lie between' show soon
expect 2 'usage: yichuang calendar' show
expect 0 '0 missing' check
expect 0 'prefecture' check
expect 0 '"year":2026,"published":true,"missing":false' check --json
rm "$dir/packs/calendars/prefecture/2025.json" "$dir/packs/calendars/prefecture/2026.json"
expect 1 'MISSING' check --packs "$dir/packs"
expect 1 'no packs' check --packs "$dir/none"
expect 2 'usage: yichuang calendar' check --office demo-county
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
