// A full disk, seen from outside: the data folder is a small file system of its own, filled up while the server
// runs. It says 507, keeps nothing by halves, goes on answering, and works again when there is space.
// Usage: node disk_full.mjs BUILD/yichuang
import * as crypto from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { check, countCases, equal, finish, holds, problem, signedIn, startServer, temporaryFolder } from '../api/harness.mjs';

const binary = process.argv[2] ?? 'build/yichuang';
const dir = temporaryFolder();
const inNamespace = ['unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=16m tmpfs "$1" && shift && exec "$@"', 'sh', dir];

if (spawnSync(inNamespace[0], [...inNamespace.slice(1), 'true']).status !== 0) {
  console.log('# no private mounts here: the full disk is not tried');
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}

const server = await startServer(binary, dir, { wrap: inNamespace });
const filler = `/proc/${server.child.pid}/root${dir}/filler`;
const inputs = (n) => ({ violationCode: '1039', plate: `v8000${n}`, historyVerified: true });
const wang = await signedIn(server, 'wang');
const total = () => countCases(wang);

function fill() {
  const fd = openSync(filler, 'w');
  for (const size of [65536, 4096, 1]) {
    try { for (;;) writeSync(fd, Buffer.alloc(size)); } catch (e) { equal(e.code, 'ENOSPC'); }
  }
  closeSync(fd);
}

const before = (await wang.create(inputs(1))).json;
const count = await total();
const key = { 'idempotency-key': crypto.randomUUID() };
fill();

/** The log may still have free room inside its file: writes until the disk is truly full. */
async function refusedCreate() {
  for (let i = 0; i < 2000; i++) {
    const r = await wang.create(inputs(2), { 'idempotency-key': `${key['idempotency-key']}-${i}` });
    if (r.status !== 201) return { r, made: i };
  }
  throw new Error('the disk never was full');
}

let made = 0;
await check('full: 507 with a time to try again', async () => {
  const outcome = await refusedCreate();
  made = outcome.made;
  problem(outcome.r, 507);
  holds(Number(outcome.r.headers.get('retry-after')) > 0, 'Retry-After');
  problem(await wang.create(inputs(3), key), 507);
  problem(await wang.act(before.id, 'adopt', before.version), 507);
});
await check('full: the page says so', async () => {
  const form = new URLSearchParams({ version: String(before.version), key: crypto.randomUUID() });
  const r = await wang.call('POST', `/staff/cases/${before.id}/adopt`, { body: String(form),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url, 'accept-language': 'en' } });
  equal(r.status, 507, r.text.slice(0, 300));
  holds(/disk|space/i.test(r.text), r.text.slice(0, 500));
});
await check('full: what needs no space still works', async () => {
  equal((await wang.get('/healthz')).status, 200);
  equal((await wang.get('/api/v1/cases')).status, 200);
  equal((await wang.post('/api/v1/pre-checks/traffic-first-violation', { inputs: inputs(4) })).status, 200);
});
await check('full: the doctor says so', () => {
  const there = ['--preserve-credentials', '-U', '-m', '-t', String(server.child.pid)]; // SQLite follows no /proc/PID/root
  const doctor = spawnSync('nsenter', [...there, resolve(binary), 'doctor', '--store', dir, '--packs', resolve('packs/demo-prefecture'), '--json'], { encoding: 'utf8' });
  const checks = JSON.parse(doctor.stdout).checks, disk = checks.find((c) => c.name === 'disk');
  holds(doctor.status === 1 && !disk.ok && disk.text === '0 MiB free' && /Make room/.test(disk.advice), doctor.stdout);
  holds(checks.find((c) => c.name === 'store').ok, doctor.stdout);
});
await check('space again: the same request succeeds once, nothing was kept by halves', async () => {
  unlinkSync(filler);
  equal((await wang.create(inputs(3), key)).status, 201);
  equal((await wang.create(inputs(3), key)).status, 201);
  equal(await total(), count + made + 1, 'cases');
  const r = await wang.act(before.id, 'adopt', before.version);
  equal(r.status, 200, r.text);
});
await check('it ends cleanly', async () => equal((await server.stop()).code, 0));
finish();
