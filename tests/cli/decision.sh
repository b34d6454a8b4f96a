#!/bin/sh
# The verbs feel and decision as people call them: output, refusals and exit codes. Usage: decision.sh BUILD
build=$1 program=$1/yichuang
model=docs/examples/parking.dmn
pack=packs/demo-prefecture/traffic-first-violation
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

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
same() { # NAME, two files
    if cmp -s "$2" "$3"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1: $2 and $3 differ"; fi
}

expect 0 '0.30000000000000000000000000000001' feel '0.10000000000000000000000000000001 + 0.2' --json
expect 0 '-1' feel '-1'
expect 0 '{"result":null,"causes":[{"kind":"division_by_zero"' feel '1 / 0' --json --explain
expect 0 'null, division_by_zero' feel '1 / 0'
expect 0 'because of fuel' feel 'count(for i in 1..100000000 return i)'
expect 0 '12' feel 'my age * 2' --context '{"my age": 6}'
expect 0 '2' feel '1 + 1' --dialect camunda
expect 1 'line 1:4' feel '1 +'
expect 1 '--context' feel 1 --context '{'
printf '1 + 1\n1 +\n"a"' > "$dir/expressions"
expect 1 '{"error":{"line":2,"text":"a value expected' feel --batch "$dir/expressions" --json
expect 1 '1 of 3 lines are not FEEL' feel --batch "$dir/expressions"
expect 2 'usage' feel 1 --batch "$dir/expressions"
expect 2 'usage' feel
expect 2 'usage' feel 1 2
expect 2 'usage' feel 1 --dialect other
expect 0 'usage' feel --help
expect 2 'usage' decision
expect 2 'usage' decision guess $model
expect 2 'usage' decision eval $model --decision fee
expect 0 'usage' decision --help
expect 1 'no decision "price"' decision eval $model --decision price --input '{}'
expect 1 'cannot be opened' decision eval $dir/none.dmn --decision fee --input '{}'
expect 1 'must be of the type date' decision eval $model --decision fee --input '{"day": "2026-02-30"}'
expect 1 '--input:1:13' decision eval $model --decision fee --input '{"hours": 1,}'
expect 0 '最近的改变：day 若为 @"2026-01-01"' decision eval $model --decision fee --lang zh --explain --input '{"hours": 3, "resident": true, "day": "2025-12-31"}'
expect 0 '"flip":{"input":"hours","from":24,"value":25,"result":60,"table":"fee","rule":"P4"}' decision eval $model --decision fee --explain --json --input '{"hours": 24}'
expect 1 '"kind":"masked","table":"fee","rules":["P5","P1"]' decision analyse $model --json

# A faulty model: every fault, with its cell; analysis goes on with the rest.
sed 's/<text>&lt; 24</<text>\&lt; </; s/<text>false</<text>"no"</' $model > "$dir/faulty.dmn"
expect 1 'rule P3, input 1' decision eval "$dir/faulty.dmn" --decision fee --input '{}'
expect 1 'rule P5, input 2' decision eval "$dir/faulty.dmn" --decision fee --input '{}'
expect 1 'Rule P5 never matches: Lives here cannot be "no"' decision analyse "$dir/faulty.dmn"

sed 's/"FIRST"/"BEST"/' $model > "$dir/policy.dmn"
expect 1 'fee: The hit policy "BEST" is unknown; it may be UNIQUE, ANY,' decision analyse "$dir/policy.dmn"

# Standard input, a file, and results in a file.
echo '{"hours": 2}' > "$dir/case.json"
expect 0 '3.00' decision eval $model --decision fee --input "@$dir/case.json"
[ "$("$program" decision eval $model --decision fee --input - < "$dir/case.json")" = 3.00 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED --input -'; }
printf '{"hours": 2}\n\n{"hours": "x"}\n{"hours": 3' > "$dir/cases.ndjson"
expect 1 "cases.ndjson:3: the input" decision batch $model --decision fee --in "$dir/cases.ndjson" --out "$dir/results"
[ "$(wc -l < "$dir/results")" = 3 ] && [ "$(head -1 "$dir/results")" = 3.00 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED --out'; }
printf 'hours,weight\n1,2\n' > "$dir/head.csv"
expect 1 'the model has no input "weight"' decision batch $model --decision fee --in "$dir/head.csv"

# Imported models are found in the folder, whatever else lies there; their inputs stand under the import's name.
mkdir "$dir/import"
cp $model "$dir/import/parking.dmn"
echo '<cut' > "$dir/import/cut.dmn"
dmn=https://www.omg.org/spec/DMN/20230324/MODEL/ parking=https://yichuang.example/docs/parking
cat > "$dir/import/top.dmn" << END
<definitions xmlns="$dmn" name="top" namespace="urn:top"><import name="lot" namespace="$parking" importType="$dmn"/>
<decision id="d" name="twice"><informationRequirement><requiredDecision href="$parking#fee"/></informationRequirement>
<literalExpression><text>2 * lot.fee</text></literalExpression></decision></definitions>
END
expect 0 '6.00' decision eval "$dir/import/top.dmn" --decision twice --input '{"lot": {"hours": 2}}'
expect 1 'the model has no input "hours"' decision eval "$dir/import/top.dmn" --decision twice --input '{"hours": 2}'

# Cases made from the shipped model cover it, stay the same, and the kit's runner agrees with each.
made=tests/conformance/made/traffic-first-violation-test-01.xml
expect 0 '59 of 59 rules, 130 of 130 cells' decision generate-tests $pack/decide.dmn --out "$dir/decide-test.xml"
same "decision generate-tests $pack/decide.dmn --out $made" "$dir/decide-test.xml" $made
expect 0 '59 of 59 rules, 130 of 130 cells' decision coverage $pack/decide.dmn --in $made
cp $pack/decide.dmn "$dir/decide.dmn"
if "$build/tests/tck" "$dir" > "$dir/kit" && grep -q ' 0 failed' "$dir/kit"; then passed=$((passed + 1)); else
    failed=$((failed + 1)); echo 'FAILED kit'; tail -5 "$dir/kit"
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
