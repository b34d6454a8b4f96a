// Effects that leave the house: signed POSTs to another system that fails three times in ten, dead letters, incidents,
// the page of what is stuck, the verbs outbox and doctor. A counter of its own, with a service that sends.
import * as crypto from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { place } from '../postgres/place.mjs';
import { check, equal, holds, problem, signedIn, startServer, temporaryFolder } from './harness.mjs';

const SECRET = 'a secret of both sides, 32 bytes';
const task = (id, type, headers) => `<bpmn:serviceTask id="${id}" name="通知"><bpmn:extensionElements><zeebe:taskDefinition type="${type}" retries="9" />
  <zeebe:taskHeaders>${Object.entries(headers).map(([k, v]) => `<zeebe:header key="${k}" value="${v}" />`).join('')}</zeebe:taskHeaders>
  <zeebe:ioMapping><zeebe:input source="=plate" target="plate" /></zeebe:ioMapping></bpmn:extensionElements>`;

/** The demo authority; its process tells another system, then the person, before the letter is made. */
export function packs() {
  const dir = `${temporaryFolder()}/packs`;
  cpSync('packs/demo-prefecture', dir, { recursive: true });
  const path = `${dir}/traffic-first-violation/process.bpmn`;
  const text = readFileSync(path, 'utf8')
    .replace('sourceRef="decide" targetRef="letter" />', `sourceRef="decide" targetRef="tell" />
      ${task('tell', 'webhook', { target: 'register' })}<bpmn:incoming>to_letter</bpmn:incoming><bpmn:outgoing>told</bpmn:outgoing></bpmn:serviceTask>
      <bpmn:sequenceFlow id="told" sourceRef="tell" targetRef="sms" />
      ${task('sms', 'sms', { wait: 'no' })}<bpmn:incoming>told</bpmn:incoming><bpmn:outgoing>sent</bpmn:outgoing></bpmn:serviceTask>
      <bpmn:sequenceFlow id="sent" sourceRef="sms" targetRef="letter" />`)
    .replace('<bpmn:incoming>to_letter</bpmn:incoming>\n', '<bpmn:incoming>sent</bpmn:incoming>\n');
  writeFileSync(path, text);
  return dir;
}

/** The other system: keeps what it did by key; `answer` says how it answers. */
async function otherSide() {
  const side = { keys: new Map(), calls: 0, wrong: [], answer: () => [200, { variables: {} }] };
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (d) => { body += d; });
    request.on('end', () => {
      const key = request.headers['idempotency-key'];
      const signed = `${key}.${request.headers['webhook-timestamp']}.${body}`;
      const wanted = `v1,${crypto.createHmac('sha256', SECRET).update(signed).digest('base64')}`;
      if (request.headers['webhook-signature'] !== wanted || request.headers['webhook-id'] !== key) side.wrong.push(key);
      if (JSON.parse(body).key !== key) side.wrong.push(`body of ${key}`);
      const [status, answer] = side.answer(++side.calls);
      if (status === 200) side.keys.set(key, (side.keys.get(key) ?? 0) + 1);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  side.url = `http://127.0.0.1:${server.address().port}/notices`;
  side.close = () => server.close();
  return side;
}

async function until(what, holdsNow, ms = 30000) {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((later) => setTimeout(later, 100))) if (await holdsNow()) return;
  throw new Error(`${what}: not within ${ms} ms`);
}

let plates = 0;
const inputs = () => ({ violationCode: '1039', plate: `w${++plates}0000`, historyVerified: true });

export default async function (_, binary) {
  const service = packs(), side = await otherSide(), folder = temporaryFolder(), data = temporaryFolder();
  const ways = [{ kind: 'webhook', target: 'register', url: side.url, secret_file: 'secret' }, { kind: 'sms', folder: 'sms' }];
  writeFileSync(`${folder}/secret`, `${SECRET}\n`);
  writeFileSync(`${folder}/ways.json`, JSON.stringify(ways));
  delete process.env.http_proxy;
  const server = await startServer(binary, data, { args: ['--packs', service, '--courier', `${folder}/ways.json`] });
  const [wang, chen, admin] = await Promise.all(['wang', 'chen', 'admin'].map((n) => signedIn(server, n)));
  const adopted = async () => { const c = (await wang.create(inputs())).json; return { ...c, ...(await wang.act(c.id, 'adopt', c.version)).json }; };
  const state = async (id) => (await wang.get(`/api/v1/cases/${id}`)).json.state;
  const verb = (...args) => spawnSync(binary, args, { encoding: 'utf8' });

  await check('outbox: a process goes on when the other system has heard, by a signed request with its key', async () => {
    const c = await adopted();
    await until('decided', async () => await state(c.id) === 'decided');
    equal([side.wrong, side.keys.size], [[], 1]);
    holds([...side.keys.keys()][0].startsWith(`${c.id}/`), 'the key names the case');
    await until('sms', () => readdirSync(`${folder}/sms`).length === 1);
    const sms = JSON.parse(readFileSync(`${folder}/sms/${readdirSync(`${folder}/sms`)[0]}`, 'utf8'));
    equal([sms.kind, sms.case], ['sms', c.id]);
  });
  await check('outbox: a side that fails three times in ten hears each once', async () => {
    side.answer = (n) => (n % 10 < 3 ? [503, {}] : [200, {}]);
    const all = [];
    for (let i = 0; i < 12; i++) all.push(await adopted());
    await until('all decided', async () => (await Promise.all(all.map((c) => state(c.id)))).every((s) => s === 'decided'), 60000);
    equal([side.wrong, side.keys.size, [...side.keys.values()].every((n) => n === 1)], [[], 13, true]);
  });
  let stuck;
  await check('stuck: a refusal is a dead letter with its reason; an error that nobody takes is an incident', async () => {
    side.answer = () => [404, { why: 'no such notice' }];
    const dead = await adopted();
    await until('dead', async () => (await chen.get('/api/v1/stuck')).json.stuck.length === 1);
    side.answer = () => [200, { error: 'UNKNOWN_PLATE' }];
    const failed = await adopted();
    await until('incident', async () => (await chen.get('/api/v1/stuck')).json.stuck.length === 2);
    stuck = (await chen.get('/api/v1/stuck')).json.stuck;
    const [incident, letter] = ['incident', 'effect'].map((w) => stuck.find((s) => s.what === w));
    equal([incident.case, incident.element, letter.case, letter.dead], [failed.id, 'tell', dead.id, true]);
    holds(/UNKNOWN_PLATE/.test(incident.reason) && /HTTP status 404.*no such notice/.test(letter.reason), JSON.stringify(stuck));
    equal((await wang.get(`/api/v1/cases/${failed.id}`)).json.stuck.length, 1);
  });
  await check('stuck: outbox and doctor tell the same beside the server', async () => {
    const list = JSON.parse(verb('outbox', 'dead', ...place(data), '--json').stdout);
    equal(list.map((e) => [e.key, e.state]), [[stuck.find((s) => s.what === 'effect').key, 'dead']]);
    equal(verb('outbox', 'list', ...place(data)).stdout, '0 effects\n');
    const folded = verb('verify', '--projections', ...place(data));
    equal(folded.status, 0, folded.stdout + folded.stderr);
    const doctor = verb('doctor', ...place(data), '--json');
    const wrong = JSON.parse(doctor.stdout).checks.filter((c) => !c.ok && c.name !== 'calendar');
    equal([doctor.status, wrong.map((c) => c.name)], [1, ['dead', 'incidents']]);
    holds(wrong.every((c) => c.advice.length > 20), 'says what to do');
  });
  await check('stuck: not for clerks; a page for supervisors and administrators, who read no case', async () => {
    problem(await wang.get('/api/v1/stuck'), 403);
    equal((await wang.get('/staff/stuck')).status, 403);
    const [page, other] = [await chen.get('/staff/stuck?lang=zh'), await admin.get('/staff/stuck?lang=en')];
    equal([page.status, other.status], [200, 200]);
    holds(page.text.includes('UNKNOWN_PLATE') && page.text.includes(`/staff/cases/${stuck[0].case}`), 'why, and the case');
    holds(other.text.includes('What is stuck') && !other.text.includes(`href="/staff/cases/${stuck[0].case}`), 'no link to a case');
  });
  await check('stuck: what is tried again goes on, once, with its reason in the record', async () => {
    side.answer = () => [200, {}];
    for (const s of stuck) {
      problem(await chen.act(s.case, 'retry', s.version, { what: s.what, key: s.key, reason: ' ' }), 422, 'reason');
      problem(await chen.act(s.case, 'retry', s.version - 1, { what: s.what, key: s.key, reason: 'x' }), 412);
      if (s.what === 'incident') problem(await admin.act(s.case, 'retry', s.version, { what: s.what, key: s.key, reason: 'x', variables: { plate: 'y' } }), 404);
      const r = await (s.what === 'effect' ? admin : chen).act(s.case, 'retry', s.version, { what: s.what, key: s.key, reason: '对方已恢复' });
      equal(r.status, 200, r.text);
      problem(await chen.act(s.case, 'retry', r.json.version, { what: s.what, key: s.key, reason: 'x' }), 409);
    }
    await until('nothing is stuck', async () => (await chen.get('/api/v1/stuck')).json.stuck.length === 0);
    for (const s of stuck) await until('decided', async () => await state(s.case) === 'decided');
    equal([...side.keys.values()].filter((n) => n > 1), []);
  });
  await check('stuck: the page retries too, and says when the reason is missing', async () => {
    side.answer = () => [404, {}];
    const c = await adopted();
    await until('dead', async () => (await chen.get('/api/v1/stuck')).json.stuck.length === 1);
    const page = (await chen.get('/staff/stuck?lang=en')).text, field = (n) => new RegExp(`name="${n}" value="([^"]*)"`).exec(page)[1];
    const form = { form_token: field('form_token'), key: field('key'), case: field('case'), version: field('version'), what: field('what'), thing: field('thing') };
    const post = (more) => chen.call('POST', '/staff/stuck', { body: new URLSearchParams({ ...form, ...more }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' } });
    const empty = await post({ reason: '' });
    holds(empty.status === 422 && empty.text.includes('请写重试的理由'), `${empty.status}`);
    side.answer = () => [200, {}];
    const r = await post({ reason: 'the register is back' });
    equal([r.status, r.headers.get('location')], [303, '/staff/stuck?done=1']);
    await until('decided', async () => await state(c.id) === 'decided');
  });
  await check('outbox: a kill loses nothing and does nothing twice', async () => {
    side.answer = () => [503, {}];
    const c = await adopted(), before = side.keys.size;
    await server.kill();
    side.answer = () => [200, {}];
    const next = await startServer(binary, data, { args: ['--packs', service, '--courier', `${folder}/ways.json`] });
    const again = await signedIn(next, 'wang');
    await until('decided', async () => (await again.get(`/api/v1/cases/${c.id}`)).json.state === 'decided', 60000);
    equal([side.keys.size, [...side.keys.values()].every((n) => n === 1)], [before + 1, true]);
    await next.stop();
  });
  await check('outbox retry: only a dead letter, with a reason, when no server holds the data', () => {
    const run = (...args) => verb('outbox', ...args, ...place(data));
    equal([run('retry', 'none', '--reason', 'x').status, run('retry', 'none').status, run('wrong').status], [1, 2, 2]);
    equal(verb('serve', '--dir', `${folder}/other`, '--courier', `${folder}/secret`, '--port', '0').status, 1);
    holds(execFileSync(binary, ['outbox', '--help'], { encoding: 'utf8' }).startsWith('usage: yichuang outbox list'), 'help');
  });
  side.close();
}
