#!/bin/sh
# Proves the models of this folder with Spin, and that each of their mutants is found wrong in the way its first
# comment says: a model that cannot fail proves nothing. Usage: run.sh [MODEL.pml...]; wants spin and gcc.
cd "$(dirname "$0")" || exit 2
command -v spin > /dev/null || { echo "# skipped: spin is not installed"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
work=$(mktemp -d) passed=0 failed=0
trap 'rm -rf "$work"' EXIT

# What one run over every state found: "nothing" or Spin's words. $3: the checks to build, $4: the options of the run.
states() {
    (cd "$work" && rm -f pan* && spin -a $2 "$1" && gcc -O2 -w $3 -o pan pan.c && timeout 300 ./pan -m200000 $4) > "$work/log" 2>&1
    grep -q 'max search depth too small\|out of memory' "$work/log" && { echo "an incomplete search"; return; }
    grep -q '^State-vector' "$work/log" || { echo "no result"; return; }
    sed -n 's/^pan:[0-9]*: \(assertion violated\|invalid end state\|acceptance cycle\).*/\1/p' "$work/log" | head -1 | grep . || echo nothing
}

# Assertions and sleepers first; then, under weak fairness, what must happen in the end.
found() {
    safe=$(states "$1" "$2" "-DSAFETY -DNOCLAIM" "")
    count=$(grep -o '[0-9e+.]* states, stored' "$work/log" | head -1)
    if [ "$safe" = nothing ] && grep -q '^ltl ' "$1"; then safe=$(states "$1" "$2" "-DNFAIR=4" "-a -f"); fi
}

say() { # $1: got, $2: wanted, $3: what
    if [ "$1" = "$2" ]; then passed=$((passed + 1)); echo "ok $3"
    else failed=$((failed + 1)); echo "not ok $3: found $1, wanted $2"; fi
}

[ $# -gt 0 ] || set -- *.pml
for model in "$@"; do
    found "$PWD/$model" ""
    say "$safe" nothing "$model: $count"
    while read -r _ _ mutant wanted; do
        found "$PWD/$model" "-D${mutant%:}"
        say "$safe" "${wanted% \*/}" "$model, mutant ${mutant%:}: ${wanted% \*/}"
    done <<END
$(grep '^ \* mutant ' "$model")
END
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
