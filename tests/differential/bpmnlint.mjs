// Breaks valid processes in every small way and asks Camunda's own lint for 8.9 about each: what it refuses we refuse
// too, at the same element; and a file it accepts whole, we accept. Usage: bpmnlint.mjs PROGRAM. The lint is
// written for newer Nodes; esbuild turns it into what Node 18 reads. Skips, and says why, where it is not installed.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {mutants} from './mutate.mjs';

const [program] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'bpmnlint-'));
const PLUGIN = join(here, 'node_modules/bpmnlint-plugin-camunda-compat');

// What the lint refuses and we take on purpose; docs/formats/process.md gives the reasons.
const TAKEN = [
  ['executable-process', /isExecutable/],
  ['sequence-flow-condition', /must have property <conditionExpression>/],
  ['error-reference', /errorRef|errorCode/],
  ['escalation-reference', /escalationRef|escalationCode/],
  ['timer', /<timeCycle> not allowed/],
  ['subscription', /must have one extension element of type <zeebe:Subscription>/],
  ['message-reference', /<bpmn:ReceiveTask> must have property <messageRef>/],
];
// What we refuse and the lint takes: it looks at elements one by one, we look at the whole file.
const REFUSED = [
  /no token can ever come here/, /which is no /, /without an id/, /is given twice/, /leads nowhere/, /an empty expression/,
  /needs an association/, /header without a key/, /needs two events/, /has 0 catching events/,
  /priority is a whole number/, /starts by a plain start event|starts by an event/, /needs zeebe:adHoc/,
  /without a message to send/, /Ref is missing/, /its message has no name/, /without a condition/,
  /needs a condition, or to be the default/, /no process that is executable/, /^FEEL/,
  /is not carried out/, /^an? \w+ needs /, /may not be/, /not in this file/, /needs an activity/, /needs an end event/,
  /waits for the same/, /is in no inputSet/,
];

console.error = () => {}; // where a rule of the lint tells that it failed on a broken file

async function loadLint() {
  const esbuild = await import('../../web/node_modules/esbuild/lib/main.js');
  const entry = `
    import Linter from 'bpmnlint/lib/linter.js';
    import plugin from './index.js';
    import {BpmnModdle} from 'bpmn-moddle';
    import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
    const own = path => { try { return require('./rules/' + path + '.js'); } catch { return require('./rules/' + path + '/index.js'); } };
    const resolver = {
      resolveRule: (from, name) => from === 'bpmnlint' ? require('../bpmnlint/rules/' + name + '.js') : own(plugin.rules[name].slice('./rules/'.length)),
      resolveConfig: (_, name) => plugin.configs[name]};
    const linter = new Linter({config: {extends: ['plugin:camunda-compat/camunda-cloud-8-9']}, resolver});
    export const lint = async xml => {
      const {rootElement} = await new BpmnModdle({zeebe}).fromXML(xml);
      return Object.entries(await linter.lint(rootElement)).flatMap(([rule, all]) => all.map(x => ({...x, rule})));
    };`;
  const outfile = join(dir, 'lint.cjs');
  await esbuild.build({stdin: {contents: entry, resolveDir: PLUGIN}, bundle: true, platform: 'node', format: 'cjs', outfile, logLevel: 'error'});
  return createRequire(import.meta.url)(outfile).lint;
}

function ours(xml) {
  const file = join(dir, 'p.bpmn');
  writeFileSync(file, xml);
  const {stdout, status, signal} = spawnSync(program, ['process', 'check', file, '--json'], {encoding: 'utf8'});
  if (signal || status > 1) return {crash: signal ?? status, faults: []};
  return {refused: status === 1, faults: status === 1 ? JSON.parse(stdout) : []};
}

const lint = await loadLint().catch(error => {
  console.log(`skipped: the lint or esbuild is not installed (${error.code ?? error.message.split('\n')[0]})`);
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
});

let passed = 0, failed = 0;
const used = new Set();
const wrong = text => { failed++; console.log(`FAILED ${text}`); };

async function theirs(xml) {
  try {
    return {errors: (await lint(xml)).filter(x => x.category === 'error')};
  } catch (error) {
    return {unread: error.message.split('\n')[0], errors: []};
  }
}

function taken(x) {
  const found = TAKEN.find(([rule, text]) => x.rule.endsWith(rule) && text.test(x.message));
  if (found) used.add(found);
  return found;
}

/** null, or what is wrong with our answer. */
function judge(them, us, ambiguous) {
  if (us.crash) return `ended by ${us.crash}`;
  const said = us.faults.map(f => `${f.element} ${f.text}`).join(', ');
  if (them.unread && !us.refused) return `accepted; the lint cannot read it: ${them.unread}`;
  for (const x of them.errors.filter(x => !taken(x))) {
    if (!us.refused) return `accepted; the lint says ${x.rule} ${x.id}: ${x.message}`;
    if (!ambiguous && !us.faults.some(f => f.element === x.id)) return `refused at ${said}; the lint says ${x.rule} ${x.id}: ${x.message}`;
  }
  if (them.errors.length || them.unread) return null;
  const unknown = us.faults.find(f => !REFUSED.some(reason => reason.test(f.text)));
  return unknown ? `the lint accepts; refused at ${said}` : null;
}

function count(name, verdict) {
  if (verdict) wrong(`${name}: ${verdict}`);
  else passed++;
}

async function whole(name, xml) {
  const {errors, unread} = await theirs(xml), us = ours(xml);
  const bad = errors.filter(x => !taken(x)).map(x => `${x.id} ${x.message}`);
  count(name, unread ?? bad[0] ?? (us.refused ? us.faults[0]?.text : null));
}

for (const name of readdirSync(join(here, 'lint')).sort()) {
  const xml = readFileSync(join(here, 'lint', name), 'utf8');
  await whole(name, xml);
  for (const m of mutants(xml)) count(`${name}: ${m.what}`, judge(await theirs(m.xml), ours(m.xml), m.ambiguous));
}
const packs = join(here, '../../packs');
for (const file of readdirSync(packs, {recursive: true}).filter(f => f.endsWith('.bpmn')).sort()) await whole(file, readFileSync(join(packs, file), 'utf8'));
for (const one of TAKEN) if (!used.has(one)) wrong(`nothing needs the exception ${one[0]}`);
rmSync(dir, {recursive: true});
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
