// Asks two engines the same seeded expressions and compares the answers: ours and feelin, which counts in doubles
// (tolerance 1e-12). Usage: feelin.mjs PROGRAM [SEED] [COUNT]. Skips, and says why, where feelin is not installed.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {context, generator} from './grammar.mjs';

const [program, seed = '20260101', count = '20000'] = process.argv.slice(2);
const MOST_SHOWN = 20;

const feelin = await import('feelin').catch(error => {
  console.log(`skipped: feelin is not installed or does not run on node ${process.version} (${error.code ?? error.message})`);
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
});

function ours(expressions) {
  const dir = mkdtempSync(join(tmpdir(), 'differential-'));
  const file = join(dir, 'expressions');
  writeFileSync(file, expressions.join('\n'));
  const {stdout} = spawnSync(program, ['feel', '--batch', file, '--json', '--context', JSON.stringify(context)], {encoding: 'utf8', maxBuffer: 1 << 28});
  rmSync(dir, {recursive: true});
  return stdout.trimEnd().split('\n').map(line => JSON.parse(line));
}

function theirs(expression) {
  try {
    return feelin.evaluate(expression, context).value;
  } catch (error) {
    return {error: {text: error.message}};
  }
}

function same(x, y) {
  x ??= null; y ??= null;
  if (typeof x === 'number' && typeof y === 'number') return Math.abs(x - y) <= 1e-12 * Math.max(1, Math.abs(x), Math.abs(y));
  if (x === null || y === null || typeof x !== 'object' || typeof y !== 'object') return x === y;
  const keys = Object.keys(x);
  return Array.isArray(x) === Array.isArray(y) && keys.length === Object.keys(y).length && keys.every(key => key in y && same(x[key], y[key]));
}

const next = generator(Number(seed));
const expressions = new Set();
while (expressions.size < Number(count)) expressions.add(next());
const list = [...expressions];
const answers = ours(list);
let failed = Math.abs(answers.length - list.length);
for (const [i, expression] of list.entries()) {
  const other = theirs(expression);
  if (!answers[i]?.error && same(answers[i], other)) continue;
  if (++failed <= MOST_SHOWN) console.log(`FAILED ${expression}\n  ours   ${JSON.stringify(answers[i])}\n  feelin ${JSON.stringify(other)}`);
}
console.log(`seed ${seed}: ${list.length} expressions`);
console.log(`${list.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
