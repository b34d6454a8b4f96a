// The life of a case by the API: create, read, adopt, depart, correct; keys and versions.
import * as crypto from 'node:crypto';
import { SERVICE, check, equal, holds, problem, signedIn, Client } from './harness.mjs';

// Each case has a plate of its own: an earlier warning of the same one would change the outcome.
let plates = 70000;
const newInputs = () => ({ violationCode: '1039', plate: `v${++plates}`, historyVerified: true });
const inputs = newInputs();

export default async function (server) {
  const [wang, li, zhao, chen] = await Promise.all(['wang', 'li', 'zhao', 'chen'].map((n) => signedIn(server, n)));
  const fresh = async () => (await wang.create(newInputs())).json;

  await check('create: 201 with id, version, tracking code', async () => {
    const r = await wang.create(inputs);
    equal(r.status, 201);
    equal(Object.keys(r.json).sort(), ['id', 'tracking_code', 'version']);
    equal(r.headers.get('location'), `/api/v1/cases/${r.json.id}`);
    equal(r.headers.get('etag'), `"${r.json.version}"`);
    holds(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}-.$/.test(r.json.tracking_code), r.json.tracking_code);
  });
  await check('create: the same key and body give the same case, another body 422', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const a = await wang.create(inputs, key);
    const b = await wang.create(inputs, key);
    equal([b.status, b.text], [a.status, a.text]);
    problem(await wang.create({ ...inputs, accident: true }, key), 422);
  });
  await check('read: state, version, proposal, trace', async () => {
    const c = await fresh();
    const r = await wang.get(`/api/v1/cases/${c.id}`);
    equal([r.status, r.json.id, r.json.version, r.json.state], [200, c.id, c.version, 'proposed']);
    equal(r.headers.get('etag'), `"${c.version}"`);
    equal(r.json.proposal.outcome, 'WARNING');
    holds(r.json.trace.tables.some((t) => t.rules.some((x) => x.rule === 'D5')), 'trace names D5');
    equal(r.headers.get('cache-control'), 'no-store');
  });
  await check('foreign and unknown cases are 404; above and beside are not', async () => {
    const c = await fresh();
    problem(await zhao.get(`/api/v1/cases/${c.id}`), 404);
    problem(await zhao.act(c.id, 'adopt', c.version), 404);
    problem(await wang.get('/api/v1/cases/none'), 404);
    problem(await wang.act('none', 'adopt', 1), 404);
    equal((await li.get(`/api/v1/cases/${c.id}`)).status, 200);
    equal((await chen.get(`/api/v1/cases/${c.id}`)).status, 200);
  });
  await check('adopt: 200 with version and state', async () => {
    const c = await fresh();
    const r = await wang.act(c.id, 'adopt', c.version);
    equal(r.status, 200);
    equal(Object.keys(r.json).sort(), ['state', 'version']);
    holds(r.json.version > c.version && r.json.state !== 'proposed', r.text);
    problem(await wang.act(c.id, 'adopt', r.json.version), 409);
  });
  await check('move: a supervisor has the proposal made anew, with a reason; nobody else, and nothing undrawn', async () => {
    const c = await fresh();
    const again = { cancel: 'decide', begin: 'propose', reason: '资料更新，重新提出建议' };
    problem(await wang.act(c.id, 'move', c.version, again), 403);
    problem(await chen.act(c.id, 'move', c.version, { ...again, reason: ' ' }), 422);
    problem(await chen.act(c.id, 'move', c.version, { ...again, begin: 'none' }), 409);
    problem(await chen.act(c.id, 'move', c.version, { ...again, cancel: 'letter' }), 409);
    problem(await chen.act(c.id, 'move', c.version, { cancel: 'decide', reason: again.reason }), 409); // would end it undecided
    const r = await chen.act(c.id, 'move', c.version, again);
    equal([r.status, r.json.state], [200, 'proposed']);
    equal((await wang.act(c.id, 'adopt', r.json.version)).status, 200);
  });
  await check('no key 400, no If-Match 428, bad If-Match 400, stale 412', async () => {
    const c = await fresh();
    const path = `/api/v1/cases/${c.id}/actions/adopt`;
    const key = { 'idempotency-key': crypto.randomUUID() };
    problem(await wang.post(path, undefined, { 'if-match': '1' }), 400);
    problem(await wang.post(path, undefined, key), 428);
    for (const bad of ['W/"1"', '*', 'x', '"1", "2"', '-1']) problem(await wang.post(path, undefined, { ...key, 'if-match': bad }), 400);
    problem(await wang.act(c.id, 'adopt', c.version + 7), 412);
    equal((await wang.get(`/api/v1/cases/${c.id}`)).json.state, 'proposed');
    equal((await wang.post(path, undefined, { ...key, 'if-match': `"${c.version}"` })).status, 200);
  });
  await check('the same key and body give the same answer; another body 422', async () => {
    const c = await fresh();
    const key = crypto.randomUUID();
    const body = { outcome: 'NO_PENALTY', reason: 'The sign was hidden by a tree.' };
    const a = await wang.act(c.id, 'depart', c.version, body, key);
    equal(a.status, 200, a.text);
    const b = await wang.act(c.id, 'depart', c.version, body, key);
    equal([b.status, b.text], [a.status, a.text]);
    problem(await wang.act(c.id, 'depart', c.version, { ...body, reason: 'Another.' }, key), 422);
    equal((await wang.get(`/api/v1/cases/${c.id}`)).json.decisions.length, 1);
  });
  await check('a key belongs to the person who sent it', async () => {
    const key = crypto.randomUUID();
    const [c, d] = [await fresh(), await fresh()];
    equal((await wang.act(c.id, 'adopt', c.version, undefined, key)).status, 200);
    const r = await li.act(d.id, 'adopt', d.version, undefined, key);
    holds(r.status === 200 || r.status === 422, `${r.status}`);
    equal((await wang.get(`/api/v1/cases/${c.id}`)).json.decisions.length, 1);
  });
  await check('depart needs an outcome the service knows and a reason', async () => {
    const c = await fresh();
    problem(await wang.act(c.id, 'depart', c.version, { outcome: 'NO_PENALTY' }), 422, 'reason');
    problem(await wang.act(c.id, 'depart', c.version, { reason: 'x' }), 422, 'outcome');
    problem(await wang.act(c.id, 'depart', c.version, { outcome: 'YES', reason: 'x' }), 422);
    problem(await wang.act(c.id, 'depart', c.version, { outcome: 'NO_PENALTY', reason: '  ' }), 422);
    problem(await wang.act(c.id, 'depart', c.version, { outcome: 'NO_PENALTY', reason: 'x', note: 1 }), 422, 'note');
    problem(await wang.act(c.id, 'adopt', c.version, { why: 'x' }), 422, 'why');
  });
  await check('correct adds a decision and erases none', async () => {
    const c = await fresh();
    const a = (await wang.act(c.id, 'adopt', c.version)).json;
    const r = await li.act(c.id, 'correct', a.version, { outcome: 'NO_PENALTY', reason: 'Wrong plate.' });
    equal(r.status, 200, r.text);
    const { decisions } = (await wang.get(`/api/v1/cases/${c.id}`)).json;
    equal(decisions.map((d) => d.outcome.code), ['WARNING', 'NO_PENALTY']);
    problem(await wang.act(c.id, 'correct', c.version, { outcome: 'ORDINARY', reason: 'Late.' }), 412);
  });
  await check('of many who adopt at once, one does', async () => {
    const c = await fresh();
    const all = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 ? wang : li).act(c.id, 'adopt', c.version)));
    equal(all.filter((r) => r.status === 200).length, 1);
    holds(all.every((r) => [200, 409, 412].includes(r.status)), all.map((r) => r.status).join());
    equal((await wang.get(`/api/v1/cases/${c.id}`)).json.decisions.length, 1);
  });
  await check('worklist: filters, pages, only your own', async () => {
    await wang.create({ ...inputs, plate: 'v79999' });
    const found = (await wang.get('/api/v1/cases?find=v79999')).json.cases;
    holds(found.length === 1 && found[0].subject === 'v79999', JSON.stringify(found));
    const first = (await wang.get('/api/v1/cases?limit=1&state=proposed')).json;
    const second = (await wang.get(`/api/v1/cases?limit=1&state=proposed&after=${encodeURIComponent(first.next)}`)).json;
    holds(first.cases[0].id !== second.cases[0].id, 'pages differ');
    equal((await zhao.get('/api/v1/cases?find=v79999')).json.cases, []);
    for (const q of ['limit=0', 'limit=201', 'limit=x', 'size=1']) problem(await wang.get(`/api/v1/cases?${q}`), 422, q.split('=')[0]);
  });
  await check('letters in both languages', async () => {
    const c = await fresh();
    await wang.act(c.id, 'adopt', c.version);
    const { letters } = (await wang.get(`/api/v1/cases/${c.id}`)).json;
    const path = `/api/v1/cases/${c.id}/letters/${letters[0].no}`;
    const [zh, en] = [await wang.get(`${path}?lang=zh`), await wang.get(`${path}?lang=en`)];
    equal([zh.status, en.status], [200, 200]);
    holds(zh.json.html.includes('复议') && zh.json.html.includes('示例县人民政府'), 'appeal in Chinese');
    holds(/reconsideration/i.test(en.json.html), 'appeal in English');
    problem(await wang.get(`${path}?lang=fr`), 422, 'lang');
    problem(await wang.get(`/api/v1/cases/${c.id}/letters/99`), 404);
    problem(await zhao.get(path), 404);
  });
  await check('a deadline is suspended with a reason, and the worklist and the person see it', async () => {
    const c = await fresh();
    const clock = async (version, json) => wang.act(c.id, 'clock', version, json);
    const of = async (who, path) => (await who.get(path)).json.clocks.find((k) => k.id === 'decide');
    problem(await clock(c.version, { clock: 'decide', do: 'suspend' }), 422, 'reason');
    problem(await clock(c.version, { clock: 'decide', do: 'forget' }), 422, 'do');
    problem(await clock(c.version, { clock: 'decide', do: 'resume' }), 409);
    const held = await clock(c.version, { clock: 'decide', do: 'suspend', reason: '鉴定' });
    equal(held.status, 200);
    const seen = await of(new Client(server), `/api/v1/tracking/${c.tracking_code}`);
    equal([seen.state, seen.holds[0].reason], ['suspended', '鉴定']);
    problem(await clock(c.version, { clock: 'decide', do: 'resume' }), 412);
    equal((await clock(held.json.version, { clock: 'decide', do: 'resume' })).status, 200);
    equal((await of(wang, `/api/v1/cases/${c.id}`)).state, 'running');
    problem(await zhao.act(c.id, 'clock', 1, { clock: 'decide', do: 'done' }), 404);
  });
  await check('a clerk asks for more time, a supervisor grants it, and the person reads why', async () => {
    const c = await fresh();
    const of = async (who, path) => (await who.get(path)).json.clocks.find((k) => k.id === 'decide');
    const asked = await wang.act(c.id, 'clock', c.version, { clock: 'decide', do: 'extend', days: 30, reason: '案情复杂' });
    equal(asked.status, 200);
    equal((await of(chen, `/api/v1/cases/${c.id}`)).asked.days, 30);
    problem(await wang.act(c.id, 'clock', asked.json.version, { clock: 'decide', do: 'approve' }), 403);
    equal((await chen.act(c.id, 'clock', asked.json.version, { clock: 'decide', do: 'approve' })).status, 200);
    const seen = await of(new Client(server), `/api/v1/tracking/${c.tracking_code}`);
    equal([seen.extended, seen.extensions[0].reason, seen.asked], [30, '案情复杂', undefined]);
  });
  await check('tracking shows the state and every reading, without names', async () => {
    const c = await fresh();
    await li.get(`/api/v1/cases/${c.id}?purpose=appeal`);
    const r = await new Client(server).get(`/api/v1/tracking/${c.tracking_code}`);
    equal(r.status, 200);
    equal(r.json.state, 'proposed');
    holds(r.text.includes('appeal'), 'purpose of the reading');
    holds(!/"(wang|li)"|王|李/.test(r.text), 'no staff names');
    equal((await new Client(server).get(`/api/v1/tracking/${c.tracking_code.toLowerCase().replaceAll('-', '')}`)).status, 200);
  });
  await check('a wrong tracking code', async () => {
    const { tracking_code: code } = await fresh();
    const wrong = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
    problem(await new Client(server).get(`/api/v1/tracking/${wrong}`), 404);
    problem(await new Client(server).get('/api/v1/tracking/0000-0000-0000-0'), 404);
  });
  await check('create refuses unknown services and answers by name', async () => {
    problem(await wang.post('/api/v1/cases', { service: 'nix', inputs: {} }), 422, 'service');
    problem(await wang.create({}), 422, 'violationCode');
    problem(await wang.create({ ...inputs, colour: 'red' }), 422, 'colour');
    problem(await wang.create({ ...inputs, accident: 'yes' }), 422, 'accident');
    problem(await wang.post('/api/v1/cases', { service: SERVICE, inputs: [] }), 422, 'inputs');
    problem(await wang.post('/api/v1/cases', { service: SERVICE }), 422, 'inputs');
  });
}
