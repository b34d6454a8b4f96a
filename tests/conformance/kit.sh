#!/bin/sh
# Runs the public suites that lie in the shared data: the DMN kit must pass whole; of the process cases all but
# those in disagreements.txt, where the standard or Camunda says otherwise, and those must still disagree.
# Usage: kit.sh BUILD
build=$1
cases=${YC_SHARED:-../shared}/conformance
here=$(dirname "$0")
[ -d "$cases/dmn-tck" ] || { echo "skipped: $cases is not here"; echo "0 passed, 0 failed, 2 skipped"; exit 0; }
sums() { echo "$1" | grep -qE '^[0-9]+ passed, [0-9]+ failed'; }
log=$(mktemp)
trap 'rm -f "$log" "$log".*' EXIT
"$build"/tests/tck "$cases/dmn-tck" 2>&1 | grep -E '^FAIL|^[0-9]+ passed' > "$log.dmn"
grep '^FAIL' "$log.dmn" | head -20
line=$(tail -1 "$log.dmn")
sums "$line" || { echo "the DMN kit ended without a sum"; echo "0 passed, 1 failed"; exit 1; }
passed=$(echo "$line" | awk '{ print $1 + 0 }') failed=$(echo "$line" | awk '{ print $3 + 0 }')
"$build"/tests/bpmn_cases "$cases/bpmn" > "$log" 2>/dev/null
line=$(tail -1 "$log")
sums "$line" || { echo "the process cases ended without a sum"; echo "0 passed, 1 failed"; exit 1; }
passed=$((passed + $(echo "$line" | awk '{ print $1 + 0 }')))
# A failing case is told as: suite tier NAME: what.
awk 'NF > 3 && $3 ~ /:$/ { sub(/:$/, "", $3); print $3 }' "$log" | sort -u > "$log.failed"
sed 's/: .*//' "$here/disagreements.txt" | sort -u > "$log.known"
for name in $(comm -23 "$log.failed" "$log.known"); do grep -F " $name: " "$log" | head -1; failed=$((failed + 1)); done
for name in $(comm -13 "$log.failed" "$log.known"); do echo "$name no longer disagrees: take it off disagreements.txt"; failed=$((failed + 1)); done
echo "$(wc -l < "$log.known") process cases disagree with the standard, see disagreements.txt"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
