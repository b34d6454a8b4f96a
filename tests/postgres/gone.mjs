// The database goes away under load, again and again, and comes back: the server stays, says so, and goes on; what
// was acknowledged is there, what was asked twice was done once. Usage: [STOPS=5] STORE=postgres node gone.mjs BINARY
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { check, countCases, equal, finish, holds, signedIn, startServer, temporaryFolder } from '../api/harness.mjs';
import { needStore, place } from './place.mjs';

needStore();
const binary = process.argv[2] ?? 'build/yichuang';
const STOPS = Number(process.env.STOPS ?? 5);
const CLIENTS = 8;
const pause = (ms) => new Promise((later) => setTimeout(later, ms));
const server = await startServer(binary, temporaryFolder());
const where = place(server.dir); // while there is a database
const person = await signedIn(server, 'wang');
const counted = () => countCases(person);
const atStart = await counted();
const journal = []; // {inputs, headers, answer?}
const seen = new Map(); // status -> how often
let over = false;

function cluster(what) {
  const r = spawnSync(new URL('ctl', import.meta.url).pathname, [what], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`ctl ${what}: ${r.stderr}`);
}

async function ask(op) {
  const r = await person.create(op.inputs, op.headers);
  seen.set(r.status, (seen.get(r.status) ?? 0) + 1);
  if (r.status === 201) op.answer ??= r.json.id;
  return r;
}

async function load() {
  while (!over) {
    const inputs = { violationCode: '1039', plate: `v${100000 + journal.length}`, historyVerified: true };
    const op = { inputs, headers: { 'idempotency-key': crypto.randomUUID() } };
    journal.push(op);
    if ((await ask(op)).status !== 201) await pause(20);
  }
}

async function until(what, holdsNow) {
  for (let i = 0; i < 200; i++) {
    if (await holdsNow()) return;
    await pause(50);
  }
  throw new Error(`${what}: not in 10 s`);
}

const working = Array.from({ length: CLIENTS }, load);
for (let i = 0; i < STOPS; i++) {
  await pause(300);
  cluster('stop');
  if (i === 0) {
    await check('while it is gone, health and answers say so', async () => {
      const health = await person.get('/healthz');
      equal(health.status, 503);
      holds(health.text.includes('cannot be reached'), health.text);
      const doctor = spawnSync(binary, ['doctor', ...where], { encoding: 'utf8' });
      equal(doctor.status, 1, doctor.stdout);
      holds(/WRONG +store: .*cannot be reached/.test(doctor.stdout), doctor.stdout);
    });
  }
  await pause(100);
  cluster('start');
  await until('health', async () => (await person.get('/healthz')).status === 200);
}
await pause(300);
over = true;
await Promise.all(working);
await check('everything asked again with its key is done once, and what was acknowledged is the same', async () => {
  for (const op of journal) {
    const before = op.answer;
    const r = await ask(op);
    equal(r.status, 201, r.text);
    if (before) equal(r.json.id, before, 'case');
  }
  equal((await counted()) - atStart, journal.length, 'cases');
});
await check('there was load, and nothing but "done" and "try again" was said', () => {
  holds(journal.length > CLIENTS * STOPS, `${journal.length} asked`);
  equal([...seen.keys()].sort(), [201, 503], JSON.stringify([...seen]));
});
await check('the chain holds', () => {
  const r = spawnSync(binary, ['verify', ...place(server.dir)], { encoding: 'utf8' });
  equal(r.status, 0, r.stdout + r.stderr);
});
await check('it ends cleanly afterwards', async () => equal((await server.stop()).code, 0));
console.log(`stops=${STOPS} asked=${journal.length} answers=${JSON.stringify([...seen])}`);
finish();
