// A service more, from files alone: the demo authority's folder with plate-replace beside the others, checked, tried
// and served by a program that has never heard of it. Usage: node run.mjs BUILD/yichuang
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, equal, finish, holds, signedIn, startServer, temporaryFolder, Client } from '../api/harness.mjs';

const binary = process.argv[2] ?? 'build/yichuang';
const here = fileURLToPath(new URL('.', import.meta.url));
const packs = `${temporaryFolder()}/demo-prefecture`, service = 'plate-replace';
const answers = {
  applicantType: 'resident', personName: '岩温', personId: '532801199001011234', phone: '13800000000', plate: '云KA1234', platesLost: 'one',
  plateKind: 'car', registeredHere: 'yes', bridge: true, at: '2026-11-24', ownerMatch: 'same', papers: 'complete',
};
cpSync('packs/demo-prefecture', packs, { recursive: true });
cpSync(`${here}${service}`, `${packs}/${service}`, { recursive: true });

const run = (...args) => spawnSync(binary, args, { encoding: 'utf8' });
await check('no fault in the folder', () => {
  const r = run('pack', 'check', packs);
  equal(r.status, 0, r.stderr);
  holds(r.stdout.includes(`ok ${service} version`), r.stdout);
});
await check('its cases and process cases pass, and every rule is hit', () => {
  const r = run('pack', 'test', packs);
  equal(r.status, 0, r.stdout);
  holds(/\n\d+ passed, 0 failed\n$/.test(r.stdout), r.stdout);
});
const server = await startServer(binary, temporaryFolder(), { args: ['--packs', packs] });
const anybody = new Client(server), wang = await signedIn(server, 'wang');
await check('the list and the first page have it', async () => {
  const { services } = (await anybody.get('/api/v1/services')).json;
  holds(services.some((s) => s.id === service), JSON.stringify(services));
  holds((await anybody.get('/')).text.includes(`/services/${service}`), 'first page');
});
await check('a resident learns what to bring and what it costs: own fees and shared ones', async () => {
  const inputs = { applicantType: 'resident', platesLost: 'one', plateKind: 'car', registeredHere: 'yes', bridge: true };
  const { status, json } = await anybody.post(`/api/v1/pre-checks/${service}`, { inputs });
  equal([status, json.result, json.fee.fen], [200, 'REPLACE', 10500]);
  equal(json.checklist.map((line) => line.id), ['id-resident', 'plates-left']);
  equal(json.clocks[1].statutory, { n: 15, unit: 'working' });
});
await check('its page tells in both languages which answers ask for a paper', async () => {
  const page = async (lang) => (await anybody.get(`/services/${service}?lang=${lang}`)).text.replace(/<[^>]*>/g, '');
  const en = JSON.parse(readFileSync(`${here}${service}/texts/en.json`, 'utf8')), zh = JSON.parse(readFileSync(`${here}${service}/texts/zh.json`, 'utf8'));
  const option = (texts, code) => texts.options.platesLost[code];
  const [inEnglish, inChinese] = [await page('en'), await page('zh')];
  holds(inEnglish.includes(`Only if “${en.columns.Lines[0]}” is ${option(en, 'one')} or ${option(en, 'damaged')}`), inEnglish);
  holds(inChinese.includes(`只在“${zh.columns.Lines[0]}”为“${option(zh, 'one')}或者${option(zh, 'damaged')}”时`), inChinese);
  const mark = (await anybody.get('/services/inspection-mark-exempt?lang=en')).text.replace(/<[^>]*>/g, '');
  holds(mark.includes('Only if “Applicant” is not Organisation, and “An agent acts” is yes'), mark);
  holds(mark.includes('Any one of those marked like this is enough'), mark);
  const { requirements } = (await anybody.get(`/api/v1/services/${service}/requirements`)).json;
  const left = requirements.find((r) => r.id === 'plates-left');
  equal([left.always, left.rules.map((r) => [r.rule, r.needed, r.conditions[0].wanted])], [false, [['L1', 'must', '"one", "damaged"']]]);
});
await check('a case goes from application to letter', async () => {
  const made = await wang.post('/api/v1/cases', { service, inputs: answers });
  equal(made.status, 201, made.text);
  let view = (await wang.get(`/api/v1/cases/${made.json.id}`)).json;
  for (const [action, more] of [['accept', { accept: true }], ['adopt', { external: '5328-0001' }]]) {
    equal((await wang.act(view.id, action, view.version, more)).status, 200);
    view = (await wang.get(`/api/v1/cases/${view.id}`)).json;
  }
  equal([view.state, view.outcome.code], ['closed', 'GRANT']);
  const last = view.letters[view.letters.length - 1];
  equal(last.letter, 'decision');
  const letter = await wang.get(`/api/v1/cases/${view.id}/letters/${last.no}?lang=zh`);
  holds(/补换领机动车号牌/.test(letter.json.html) && /号码不变/.test(letter.json.html), letter.text);
});
await server.stop();
await check('what waits for a message that no counter sends is refused', () => {
  const process = `${packs}/${service}/process.bpmn`;
  writeFileSync(process, readFileSync(process, 'utf8').replace('name="withdrawal"', 'name="recall"'));
  const r = run('pack', 'check', packs);
  equal(r.status, 1);
  holds(/process\.bpmn: [\w-]+: No counter sends this message/.test(r.stdout + r.stderr), r.stdout + r.stderr);
});
finish();
