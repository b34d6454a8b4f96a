// kill -9 under load: what was acknowledged is kept, what was asked twice is done once, and so are its effects outside.
// Eight clients write through the API, each request in a journal before it is sent; a system outside that knows keys is
// told of each decision, and now and then fails or loses its answer. The server is killed at random moments, at named
// places (src/store/fault.c) and while it is stopped; on PostgreSQL the database goes away too. Every request of the
// round is asked once more with its key, and decisions and effects are counted.
// Usage: [KILLS=300] [STORE=postgres] node torture.mjs BUILD/yichuang
import * as crypto from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { check, countCases, equal, finish, holds, signedIn, startServer, temporaryFolder } from '../api/harness.mjs';
import { needStore, onPostgres, place, sql } from '../postgres/place.mjs';

needStore();
const binary = process.argv[2] ?? 'build/yichuang';
const KILLS = Number(process.env.KILLS ?? 300);
const CLIENTS = 8;
const LONGEST_LOAD_MS = 90;
const PLACES = { 'before-commit': 40, 'after-commit': 40, 'after-lease': 4, 'before-report': 8 }; // and the latest passing
const SECRET = 'a secret of both sides, 32 bytes';
const dir = temporaryFolder();
const tally = { kills: 0, atPlaces: 0, databaseStops: 0, acknowledged: 0, lost: 0, doubled: 0, duplicateEffects: 0, inDoubt: 0, refused: 0, notes: [] };
const journal = []; // every operation ever sent: {client, path, json, headers, of?, answer?}
const cases = []; // every case the journal knows: {id, decisions}
const pause = (ms) => new Promise((later) => setTimeout(later, ms));
const below = (n) => Math.floor(Math.random() * n);

function note(kind, text) {
  tally[kind]++;
  if (tally.notes.length < 10) tally.notes.push(`${kind}: ${text}`);
}

// ---- the system outside, and the service that tells it -------------------------------------------------------------
const effects = new Map(); // case -> keys
const sink = http.createServer((request, response) => {
  const mood = Math.random();
  request.resume().on('end', () => {
    if (mood < 0.05) return response.writeHead(503).end();
    const key = request.headers['idempotency-key'], id = key.split('/')[0];
    effects.set(id, (effects.get(id) ?? new Set()).add(key));
    if (mood < 0.15) return request.socket.destroy(); // done, and the answer is lost
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
await new Promise((ready) => sink.listen(0, '127.0.0.1', ready));
delete process.env.http_proxy;

/** The demo authority; its process tells the other system of the decision before the letter is made. */
function packs() {
  const folder = `${temporaryFolder()}/packs`, path = `${folder}/traffic-first-violation/process.bpmn`;
  cpSync('packs/demo-prefecture', folder, { recursive: true });
  writeFileSync(path, readFileSync(path, 'utf8')
    .replace('sourceRef="decide" targetRef="letter" />', `sourceRef="decide" targetRef="tell" />
      <bpmn:serviceTask id="tell" name="通知"><bpmn:extensionElements><zeebe:taskDefinition type="webhook" retries="90" />
      <zeebe:taskHeaders><zeebe:header key="target" value="register" /><zeebe:header key="wait" value="no" /></zeebe:taskHeaders>
      <zeebe:ioMapping><zeebe:input source="=plate" target="plate" /></zeebe:ioMapping></bpmn:extensionElements>
      <bpmn:incoming>to_letter</bpmn:incoming><bpmn:outgoing>told</bpmn:outgoing></bpmn:serviceTask>
      <bpmn:sequenceFlow id="told" sourceRef="tell" targetRef="letter" />`)
    .replace('<bpmn:incoming>to_letter</bpmn:incoming>\n', '<bpmn:incoming>told</bpmn:incoming>\n'));
  return folder;
}

const outside = temporaryFolder();
writeFileSync(`${outside}/secret`, SECRET);
writeFileSync(`${outside}/ways.json`, JSON.stringify([{ kind: 'webhook', target: 'register', secret_file: 'secret',
  url: `http://127.0.0.1:${sink.address().port}/notices` }]));
const args = ['--packs', packs(), '--courier', `${outside}/ways.json`];
const start = (env) => startServer(binary, dir, { args, env });

let server = await start();
const person = await signedIn(server, 'wang');
const counted = () => countCases(person);
const atStart = await counted();

// ---- clients -----------------------------------------------------------------------------------------------------------
/** What the client does next; null when the server is gone. */
async function nextOperation(client, n) {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const c = client.case;
  if (!c || c.decisions >= 2) {
    const inputs = { violationCode: '1039', plate: `v${100000 + journal.length}`, historyVerified: true };
    return { client, path: '/api/v1/cases', json: { service: 'traffic-first-violation', inputs }, headers };
  }
  const seen = await person.get(`/api/v1/cases/${c.id}`).catch(() => null); // reports of the courier move the version
  if (seen?.status !== 200) return null;
  const action = c.decisions === 1 ? 'correct' : Math.random() < 0.5 ? 'adopt' : 'depart';
  const json = action === 'adopt' ? undefined : { outcome: 'NO_PENALTY', reason: `round ${n}` };
  return { client, of: c, path: `/api/v1/cases/${c.id}/actions/${action}`, json, headers: { ...headers, 'if-match': String(seen.json.version) } };
}

/** What an answer means for the client's case; called once per operation. 503 says nothing: it stays in doubt. */
function learn(op, r) {
  if (r.status === 503) return;
  op.answer = { status: r.status, text: r.text };
  if (r.status === 412) tally.refused++;
  else tally.acknowledged++;
  if (r.status === 201) cases.push(op.client.case = { id: r.json.id, decisions: 0 });
  else if (r.status === 200) op.of.decisions++;
  else if (r.status !== 412) note('lost', `${op.path}: ${r.status} ${r.text}`);
}

async function load(client, n, round) {
  while (!round.over) {
    const op = await nextOperation(client, n);
    if (!op) { await pause(5); continue; }
    journal.push(op);
    round.operations.push(op);
    const r = await person.post(op.path, op.json, op.headers).catch(() => null);
    if (!r || r.status === 503) return; // the server or its database is gone: this one is in doubt
    learn(op, r);
  }
}

/** Asks once more with the same key: the kept answer, or the first one when it was in doubt. */
async function askAgain(op) {
  const r = await person.post(op.path, op.json, op.headers);
  if (!op.answer) {
    tally.inDoubt++;
    learn(op, r);
    if (!op.answer) note('lost', `${op.path}: still ${r.status} ${r.text}`);
  } else if (op.answer.status !== 412 && (r.status !== op.answer.status || r.text !== op.answer.text)) {
    note('lost', `${op.path}: ${op.answer.status} ${op.answer.text} became ${r.status} ${r.text}`);
  }
}

async function checkCase(c) {
  const r = await person.get(`/api/v1/cases/${c.id}`);
  if (r.status !== 200) return note('lost', `case ${c.id}: ${r.status}`);
  const n = r.json.decisions.length;
  if (n < c.decisions) note('lost', `case ${c.id}: ${n} of ${c.decisions} decisions`);
  if (n > c.decisions) note('doubled', `case ${c.id}: ${n} decisions, ${c.decisions} asked for`);
}

async function inTurn(list, work, width = CLIENTS) {
  const rest = list[Symbol.iterator]();
  await Promise.all(Array.from({ length: width }, async () => { for (const item of rest) await work(item); }));
}

// ---- trouble -------------------------------------------------------------------------------------------------------------
async function die() {
  await server.kill();
  tally.kills++;
}

/** The next round's server ends itself at a named place, perhaps already while it starts. */
async function startAtPlace() {
  const [name, most] = Object.entries(PLACES)[below(4)];
  await die();
  person.server = server = await start({ YICHUANG_FAULT: `${name}:${1 + below(most)}` }).catch(() => start());
}

async function endAtPlace() {
  const met = await Promise.race([server.exit.then(() => true), pause(1500)]);
  if (met) tally.atPlaces++;
  await die();
}

function cluster(what) {
  const r = spawnSync('tests/postgres/ctl', [what], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`ctl ${what}: ${r.stderr}`);
}

/** The database goes away as in a power cut, or all its connections break; the server stays. */
async function loseDatabase() {
  await pause(below(LONGEST_LOAD_MS));
  tally.databaseStops++;
  if (Math.random() < 0.5) return sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null");
  cluster('stop');
  cluster('start');
}

async function endAtRandom() {
  await pause(5 + below(LONGEST_LOAD_MS));
  if (Math.random() < 0.1) { server.child.kill('SIGSTOP'); await pause(100); }
  await die();
}

async function recover() {
  if (server.child.exitCode !== null || server.child.signalCode !== null) person.server = server = await start();
  for (let i = 0; i < 400 && (await person.get('/healthz').catch(() => ({}))).status !== 200; i++) await pause(25);
}

async function goRound(n) {
  const kind = onPostgres && n % 10 === 0 ? loseDatabase : n % 4 === 0 ? endAtPlace : endAtRandom;
  if (kind === endAtPlace) await startAtPlace();
  const round = { over: false, operations: [] };
  const working = clients.map((c) => load(c, n, round));
  await kind();
  round.over = true;
  await Promise.all(working);
  await recover();
  await inTurn(round.operations, askAgain);
  await inTurn(clients.map((c) => c.case).filter(Boolean), checkCase);
}

// ---- the end: every effect of every decision, once -------------------------------------------------------------------------
/** What the killed servers had leased is free at once: leases are scratch, and a start makes their rows anew. */
async function freeLeases() {
  await server.stop();
  if (onPostgres) sql('delete from case_delivery', place(dir)[1]);
  else equal(spawnSync('sqlite3', [`${dir}/yichuang.db`, 'delete from case_delivery'], { encoding: 'utf8' }).stderr, '');
  person.server = server = await start();
}

async function countEffects() {
  const wanted = cases.filter((c) => c.decisions > 0);
  for (let i = 0; i < 600 && wanted.some((c) => !effects.has(c.id)); i++) await pause(100);
  for (const c of wanted) if (!effects.has(c.id)) note('lost', `case ${c.id}: nobody outside was told of its decision`);
  for (const [id, keys] of effects) {
    const n = cases.find((c) => c.id === id)?.decisions > 0 ? 1 : 0;
    for (let extra = keys.size; extra > n; extra--) note('duplicateEffects', `case ${id}: ${[...keys].join(' ')}`);
  }
}

const began = performance.now();
const clients = Array.from({ length: CLIENTS }, () => ({ case: null }));
for (let n = 1; tally.kills < KILLS; n++) await goRound(n);
const perKill = (performance.now() - began) / tally.kills / 1000;
await inTurn(journal, askAgain);
await inTurn(cases, checkCase);
const surplus = (await counted()) - atStart - cases.length;
if (surplus !== 0) note(surplus > 0 ? 'doubled' : 'lost', `${surplus} cases more than asked for`);
await freeLeases();
await countEffects();

console.log(`kills=${tally.kills}\nat_places=${tally.atPlaces}\ndatabase_stops=${tally.databaseStops}\nacknowledged=${tally.acknowledged}\n` +
  `in_doubt=${tally.inDoubt}\nrefused=${tally.refused}\ncases=${cases.length}\neffects=${effects.size}\nlost=${tally.lost}\ndoubled=${tally.doubled}\n` +
  `duplicate_effects=${tally.duplicateEffects}\nseconds_per_kill=${perKill.toFixed(2)}`);
tally.notes.forEach((text) => console.log(text));
await check('nothing acknowledged is lost', () => equal(tally.lost, 0));
await check('nothing is doubled', () => equal(tally.doubled, 0));
await check('no effect happens twice', () => equal(tally.duplicateEffects, 0));
await check('there was load, and there were effects, when the server was killed', () =>
  holds(tally.inDoubt > tally.kills / 4 && effects.size > tally.kills / 8 && (tally.atPlaces > 0 || KILLS < 10), JSON.stringify(tally)));
await check('it ends cleanly afterwards', async () => equal((await server.stop()).code, 0));
await check('the log is whole, and the tables are what follows from it', () => {
  const r = spawnSync(binary, ['verify', '--projections', ...place(dir)], { encoding: 'utf8' });
  equal(r.status, 0, r.stdout + r.stderr);
});
sink.close();
finish();
