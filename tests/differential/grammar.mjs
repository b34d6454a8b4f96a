// A seeded generator of FEEL expressions that two engines can be asked about. It writes only what both claim to
// support and what doubles hold exactly wherever a digit could turn the answer; README.md says what is left out.

/** Numbers 0 ≤ x < 1 from a seed; the same seed gives the same expressions on every machine (xorshift32). */
export function random(seed) {
  let s = (seed | 0) || 1;
  return () => {
    s ^= s << 13; s ^= s >>> 17; s ^= s << 5;
    return (s >>> 0) / 4294967296;
  };
}

export const context = {a: 7, b: -2.5, s: 'abc', t: 'Zürich', flag: true, none: null, xs: [3, 1, 2], words: ['x', 'yy', 'x'],
  person: {age: 17, name: 'Li', tags: ['x', 'z']}, people: [{age: 17, name: 'Li'}, {age: 40, name: 'Wu'}]};

export function generator(seed) {
  const next = random(seed);
  const below = n => Math.floor(next() * n);
  const pick = list => list[below(list.length)];
  const some = (least, most, make) => Array.from({length: least + below(most - least + 1)}, make).join(', ');
  const integer = () => String(below(41) - 20);
  const small = () => String(1 + below(4));
  const word = () => pick(['"abc"', '"x"', '"yy"', '""', '"Zürich"', '"a b c"', '"北京"', '"😀x"', '"ABC"', '"banana"']);
  const year = () => 1970 + below(80), month = () => String(1 + below(12)).padStart(2, '0'), day = () => String(1 + below(28)).padStart(2, '0');

  // Each kind of value: leaves first, then what is built from other values one level down.
  const kinds = {
    // Multiples of 1/4 well inside 53 bits: doubles and decimals agree on every digit.
    exact: [
      [integer, integer, () => pick(['0.5', '2.25', '-1.75', '.5', '12.5']), () => pick(['a', 'b', 'person.age', 'people[1].age', 'xs[2]'])],
      [d => `(${exact(d)} ${pick(['+', '-'])} ${exact(d)})`, d => `${exact(d)} ${pick(['+', '-'])} ${exact(d)} * ${small()}`, d => `-(${exact(d)})`,
        d => `abs(${exact(d)})`, d => `${pick(['floor', 'ceiling'])}(${exact(d)})`, d => `modulo(${exact(d)}, ${pick(['2', '3', '-3', '5', '0.5'])})`,
        d => `decimal(${exact(d)}, 0)`, d => `${pick(['round up', 'round down', 'round half up', 'round half down'])}(${exact(d)}, ${below(2)})`,
        d => `(if ${bool(d)} then ${exact(d)} else ${exact(d)})`, d => `count(${list(d)})`, d => `count(mode(${list(d)}))`, d => `string length(${text(d)})`,
        d => `${pick(['sum', 'min', 'max'])}(${list(d)})`, d => `${pick(['sum', 'min', 'max'])}(${exact(d)}, ${exact(d)})`, d => `(${list(d)})[${pick(['1', '-1'])}]`,
        d => `{p: ${exact(d)}, q: p + 1}.q`, d => `(function(x) x + ${exact(d)})(${exact(d)})`, d => `(function(x, y) x - y)(y: ${exact(d)}, x: 1)`,
        d => `${moment(d)}.${pick(['year', 'month', 'day', 'weekday'])}`, d => `${pick(['day of year', 'week of year'])}(${moment(d)})`,
        d => `get value({k: ${exact(d)}}, "k")`, d => `number("${integer()}", null, null)`],
    ],
    // Any number: compared with a tolerance, and never asked a yes-or-no question.
    number: [
      [() => exact(0), () => pick(['0.1', '0.07', '3.14159', '-12.3', '1234567.89'])],
      [d => `(${number(d)} ${pick(['+', '-', '*'])} ${number(d)})`, d => `(${number(d)} / ${pick(['3', '7', '0.3', '-11', 'a'])})`,
        d => `(${exact(0)} ** ${below(4)})`, d => `sqrt(abs(${number(d)}))`, d => `exp(${pick(['0', '1', '-2', '0.5', 'b'])})`,
        d => `log(${pick(['1', '2', '10', '0.1', 'a'])})`, d => `${pick(['mean', 'sum'])}(${number(d)}, ${number(d)}, ${exact(d)})`,
        d => `stddev(${list(d)})`, d => `product(${number(d)}, ${exact(d)})`, d => `(${exact(d)} / ${exact(d)})`],
    ],
    bool: [
      [() => pick(['true', 'false', 'flag']), () => `${exact(0)} ${pick(['<', '<=', '>', '>=', '=', '!='])} ${exact(0)}`],
      [d => `(${bool(d)} ${pick(['and', 'or'])} ${bool(d)})`, d => `not(${bool(d)})`, d => `(${exact(d)} ${pick(['<', '<=', '>', '>=', '=', '!='])} ${exact(d)})`,
        d => `(${text(d)} ${pick(['=', '!='])} ${text(d)})`, d => `(${exact(d)} between ${below(9) - 9} and ${below(9)})`,
        d => `(${exact(d)} in ${pick(['[', '('])}${below(3) - 5}..${5 + below(9)}${pick([']', ')'])})`, d => `(${exact(d)} in (${some(2, 3, () => exact(0))}))`,
        d => `(${exact(d)} in (> ${integer()}, ${integer()}))`, d => `list contains(${list(d)}, ${exact(d)})`,
        d => `(some x in ${list(d)} satisfies x > ${exact(0)})`, d => `(every x in ${list(d)} satisfies x > ${exact(0)})`,
        d => `${pick(['contains', 'starts with', 'ends with'])}(${text(d)}, ${text(0)})`, d => `matches(${text(d)}, "${pick(['^a', 'b+', '[a-z]{2}', '.$', 'x|y'])}")`,
        d => `${pick(['all', 'any'])}([${some(1, 3, () => bool(0))}])`, d => `${pick(['odd', 'even'])}(${integer()})`,
        d => `(${moment(d)} ${pick(['<', '>', '=', '<='])} ${moment(d)})`, d => `(${span(d)} ${pick(['<', '>', '='])} ${span(d)})`,
        () => `${pick(['before', 'after'])}(${integer()}, ${pick([integer, range])()})`, () => `includes(${range()}, ${integer()})`,
        () => `${pick(['overlaps', 'meets', 'met by', 'includes', 'before', 'after'])}(${range()}, ${range()})`,
        d => `(some x in ${list(d)}, y in ${list(0)} satisfies x > y)`, d => `(every x in ${list(d)}, y in [1, 2] satisfies x != y)`, d => `is(${exact(d)}, ${exact(d)})`, d => `is(${text(d)}, ${text(d)})`,
        () => `(${integer()} in [[1..3], [5..9]])`, d => `(${text(d)} in ("abc", "x", "yy"))`, d => `(${exact(d)} in ${list(d)})`,
        d => `(${clock()} ${pick(['<', '>', '='])} ${clock()})`, d => `(${stamp(d)} ${pick(['<', '>', '='])} ${stamp(d)})`, d => `(${text(d)} ${pick(['<', '>'])} ${text(d)})`, d => `(${exact(d)} = null)`, d => `(${pick(['none', 'a', 's', 'none', 'xs'])} ${pick(['=', '!='])} null)`,
        d => `((${exact(d)}) instance of ${pick(['number', 'string', 'boolean'])})`, d => `([${exact(d)}, 1] = [${exact(d)}, ${pick(['1', '2'])}])`],
    ],
    text: [
      [word, word, () => pick(['s', 't', 'person.name', 'words[1]', 'people[2].name'])],
      [d => `(${text(d)} + ${text(d)})`, d => `${pick(['upper case', 'lower case'])}(${text(d)})`, d => `substring("banana", ${pick(['1', '3', '-2', '6'])})`,
        d => `substring("北京市abc", ${pick(['1', '2', '-6'])}, ${pick(['1', '2', '3'])})`, d => `substring ${pick(['before', 'after'])}(${text(d)}, ${pick(['"a"', '"b"', '"zz"', '"京"'])})`,
        d => `string(floor(${exact(d)}))`, d => `string join([${some(0, 3, () => text(0))}]${pick(['', ', "-"'])})`, d => `replace(${text(d)}, "${pick(['a', 'b+', '[xy]', '(a)(n)'])}", "${pick(['', 'q', '-'])}")`,
        d => `(if ${bool(d)} then ${text(d)} else ${text(d)})`, d => `string(${moment(d)})`, d => `string(${span(d)})`, d => `string(${clock()})`, d => `string(${stamp(d)})`, d => `split(${text(d)}, "${pick(['a', '[ ,]', 'n'])}")[1]`, d => `string join(split(${text(d)}, "${pick(['a', 'n'])}"), "/")`,
        d => `string(${bool(d)})`, d => `{n: ${text(d)}}.n`, d => `${pick(['day of week', 'month of year'])}(${moment(d)})`],
    ],
    list: [
      [() => `[${some(1, 4, integer)}]`, () => pick(['xs', '[1, 2, 3]', 'people.age', '[0.5, 2, -1]'])],
      [d => `(${list(d)})[item ${pick(['<', '>', '>=', '='])} ${exact(0)}]`, d => `for x in ${list(d)} return x ${pick(['+', '-', '*'])} ${small()}`,
        d => `for i in ${1 + below(3)}..${4 + below(3)} return i`, d => `for x in ${list(0)}, y in [1, 2] return x + y`, d => `concatenate(${list(d)}, ${list(d)})`,
        d => `append(${list(d)}, ${exact(d)})`, d => `reverse(${list(d)})`, d => `distinct values(${list(d)})`, d => `union(${list(d)}, ${list(d)})`,
        d => `list replace([3, 4], ${pick(['1', '2'])}, ${exact(d)})`, d => `list replace(${list(d)}, function(x, y) x > ${exact(0)}, 1)`, d => `for x in ${list(d)} return count(partial) + x`,
        d => `flatten([${list(d)}, [${list(0)}]])`, d => `sort(${list(d)}, function(x, y) x ${pick(['<', '>'])} y)`, d => `sublist([1, 2, 3, 4], ${pick(['1', '2', '-2'])}${pick(['', ', 1', ', 2'])})`,
        d => `remove([1, 2, 3], ${pick(['1', '2', '3'])})`, d => `insert before([1, 2, 3], ${pick(['1', '2', '3'])}, ${exact(d)})`,
        d => `people[age > ${integer()}].age`, d => `(if ${bool(d)} then ${list(d)} else ${list(d)})`],
    ],
    moment: [
      [() => `date("${year()}-${month()}-${day()}")`, () => `@"${year()}-${month()}-${day()}"`, () => `date(${year()}, ${1 + below(12)}, ${1 + below(28)})`],
      [d => `(${moment(d)} ${pick(['+', '-'])} @"P${below(40)}D")`, d => `(${moment(d)} ${pick(['+', '-'])} @"P${below(3)}Y${below(12)}M")`,
        d => `(if ${bool(d)} then ${moment(d)} else ${moment(d)})`],
    ],
    span: [
      [() => `@"P${below(9)}DT${below(24)}H"`, () => `duration("PT${below(200)}M")`],
      [d => `(${span(d)} ${pick(['+', '-'])} ${span(d)})`, d => `(${moment(d)} - ${moment(d)})`],
    ],
    months: [
      [() => `@"P${below(9)}Y${below(12)}M"`, () => `duration("P${below(30)}M")`],
      [d => `(${months(d)} ${pick(['+', '-'])} ${months(d)})`],
    ],
  };
  const range = () => { const low = below(6); return `${pick(['[', '('])}${low}..${low + 1 + below(4)}${pick([']', ')'])}`; };
  const clock = () => pick([() => `time("${String(below(24)).padStart(2, '0')}:${10 + below(50)}:00")`, () => `time(${below(24)}, ${below(60)}, ${below(60)})`, () => `@"0${below(10)}:30:00"`,
    () => `(@"1${below(10)}:30:00" + @"PT${below(50)}M")`])();
  const stamp = d => pick([() => `date and time(${moment(d)}, ${clock()})`, () => `date and time("${year()}-${month()}-${day()}T0${below(10)}:30:15")`, () => `@"${year()}-${month()}-${day()}T1${below(10)}:00:00Z"`,
    () => `(date and time("${year()}-${month()}-${day()}T23:30:15") + @"PT${below(90)}M")`])();
  const make = kind => d => {
    const [leaves, built] = kinds[kind];
    return d > 0 && next() < 0.8 ? pick(built)(d - 1) : pick(leaves)();
  };
  const exact = make('exact'), number = make('number'), bool = make('bool'), text = make('text'), list = make('list'), moment = make('moment'),
    span = make('span'), months = make('months');
  // A wrong operand now and then: both must answer null.
  const wrong = d => pick([() => `(${text(d)} * ${exact(d)})`, () => `(${exact(d)} + ${text(d)})`, () => `(none ${pick(['+', '-', '*', '/'])} ${exact(d)})`,
    () => `-(${text(d)})`, () => `(${bool(d)} + 1)`, () => `person.nothing`, () => `get value({k: 1}, "l")`, () => `(${list(d)})[9]`, () => `abs(${text(d)})`])();
  const context = d => `{p: ${exact(d)}, q: ${text(d)}, r: {s: ${bool(d)}, t: p}}`;
  const merged = d => pick([() => `context put({k: 1}, "${pick(['k', 'l'])}", ${exact(d)})`, () => `context merge([{k: 1}, {k: ${exact(d)}, m: ${text(d)}}])`,
    () => `get entries({k: ${exact(d)}})`, () => `index of(${list(d)}, ${integer()})`])();
  const tops = [exact, exact, number, number, bool, bool, text, text, list, list, d => `string(${moment(d)})`, d => `string(${span(d)})`, d => `string(${months(d)})`,
    context, merged, wrong];
  return () => pick(tops)(1 + below(3));
}
