// kill -9 under load: what was acknowledged is kept, what was asked twice is done once. Eight clients write
// through the API, each request in a journal before it is sent; the server is killed in the middle and started
// again; every request of the round is asked once more with its key, and the cases are counted.
// Usage: [KILLS=300] node kill.mjs BUILD/yichuang
import * as crypto from 'node:crypto';
import { check, equal, finish, holds, signedIn, startServer, temporaryFolder } from '../api/harness.mjs';

const binary = process.argv[2] ?? 'build/yichuang';
const KILLS = Number(process.env.KILLS ?? 300);
const CLIENTS = 8;
const LONGEST_LOAD_MS = 90;
const dir = temporaryFolder();
const tally = { acknowledged: 0, lost: 0, doubled: 0, inDoubt: 0, notes: [] };
const journal = []; // every operation ever sent: {path, json, headers, answer?}
const cases = []; // every case the journal knows: {id, decisions, version}

let server = await startServer(binary, dir);
const person = await signedIn(server, 'wang');
const counted = async () => Object.values((await person.get('/api/v1/cases?limit=1')).json.counts).reduce((a, b) => a + b, 0);
const atStart = await counted();

function note(kind, text) {
  tally[kind]++;
  if (tally.notes.length < 10) tally.notes.push(`${kind}: ${text}`);
}

function nextOperation(client, n) {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const reason = { outcome: 'NO_PENALTY', reason: `round ${n}` };
  const c = client.case;
  if (!c || c.decisions >= 2) {
    const inputs = { violationCode: '1039', plate: `v${100000 + journal.length}`, historyVerified: true };
    return { client, path: '/api/v1/cases', json: { service: 'traffic-first-violation', inputs }, headers };
  }
  const action = c.decisions === 1 ? 'correct' : Math.random() < 0.5 ? 'adopt' : 'depart';
  headers['if-match'] = String(c.version);
  return { client, of: c, path: `/api/v1/cases/${c.id}/actions/${action}`, json: action === 'adopt' ? undefined : reason, headers };
}

/** What an answer means for the client's case; called once per operation. */
function learn(op, r) {
  op.answer = { status: r.status, text: r.text };
  tally.acknowledged++;
  if (r.status === 201) cases.push(op.client.case = { id: r.json.id, version: r.json.version, decisions: 0 });
  else if (r.status === 200) Object.assign(op.of, { version: r.json.version, decisions: op.of.decisions + 1 });
  else note('lost', `${op.path}: ${r.status} ${r.text}`);
}

async function load(client, n, round) {
  while (!round.over) {
    const op = nextOperation(client, n);
    journal.push(op);
    round.operations.push(op);
    const r = await person.post(op.path, op.json, op.headers).catch(() => null);
    if (!r) return; // the server is gone: this one is in doubt
    learn(op, r);
  }
}

/** Asks once more with the same key: the kept answer, or the first one when it was in doubt. */
async function askAgain(op) {
  const r = await person.post(op.path, op.json, op.headers);
  if (!op.answer) {
    tally.inDoubt++;
    learn(op, r);
  } else if (r.status !== op.answer.status || r.text !== op.answer.text) {
    note('lost', `${op.path}: ${op.answer.status} ${op.answer.text} became ${r.status} ${r.text}`);
  }
}

async function checkCase(c) {
  const r = await person.get(`/api/v1/cases/${c.id}`);
  if (r.status !== 200) return note('lost', `case ${c.id}: ${r.status}`);
  const { decisions, version } = r.json;
  if (decisions.length < c.decisions) note('lost', `case ${c.id}: ${decisions.length} of ${c.decisions} decisions`);
  if (decisions.length > c.decisions) note('doubled', `case ${c.id}: ${decisions.length} decisions, ${c.decisions} asked for`);
  if (version !== c.version) note('lost', `case ${c.id}: version ${version}, acknowledged ${c.version}`);
}

async function inTurn(list, work, width = CLIENTS) {
  const rest = list[Symbol.iterator]();
  await Promise.all(Array.from({ length: width }, async () => { for (const item of rest) await work(item); }));
}

const began = performance.now();
const clients = Array.from({ length: CLIENTS }, () => ({ case: null }));
for (let n = 1; n <= KILLS; n++) {
  const round = { over: false, operations: [] };
  const working = clients.map((c) => load(c, n, round));
  await new Promise((later) => setTimeout(later, 5 + Math.random() * LONGEST_LOAD_MS));
  await server.kill();
  round.over = true;
  await Promise.all(working);
  server = person.server = await startServer(binary, dir);
  await inTurn(round.operations, askAgain);
  await inTurn(clients.map((c) => c.case).filter(Boolean), checkCase);
}
const perKill = (performance.now() - began) / KILLS / 1000;

await inTurn(journal, askAgain);
await inTurn(cases, checkCase);
const surplus = (await counted()) - atStart - cases.length;
if (surplus !== 0) note(surplus > 0 ? 'doubled' : 'lost', `${surplus} cases more than asked for`);

console.log(`kills=${KILLS} acknowledged=${tally.acknowledged} in_doubt=${tally.inDoubt} cases=${cases.length} lost=${tally.lost} ` +
  `doubled=${tally.doubled} seconds_per_kill=${perKill.toFixed(2)}`);
tally.notes.forEach((text) => console.log(text));
await check('nothing acknowledged is lost', () => equal(tally.lost, 0));
await check('nothing is doubled', () => equal(tally.doubled, 0));
await check('there was load when the server was killed', () => holds(tally.inDoubt > KILLS / 2, `${tally.inDoubt} in doubt in ${KILLS} kills`));
await check('it ends cleanly afterwards', async () => equal((await server.stop()).code, 0));
finish();
