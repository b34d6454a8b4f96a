// What an operator meets: a read-only disk, a folder that another server has, one that a newer program wrote, a damaged
// file, a backup put over a running counter. Each is refused with a sentence, the doctor names it with what to do, and
// when it is mended nothing is missing. Usage: node trouble.mjs BUILD/yichuang
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { check, countCases, equal, finish, holds, signedIn, startServer, temporaryFolder } from '../api/harness.mjs';

const binary = process.argv[2] ?? 'build/yichuang';
const inputs = { violationCode: '1039', plate: 'v70001', historyVerified: true };
const options = { encoding: 'utf8', timeout: 10000 };
const run = (...args) => spawnSync(binary, args, options);
const serve = (dir, start = run) => start('serve', '--dir', dir, '--port', '0');
const database = (dir) => `${dir}/yichuang.db`;

/** The start is refused with these words, and the doctor finds this check wrong, with advice. */
function refused(dir, words, name, told = words, how = run) {
  const start = serve(dir, how);
  equal(start.status, 1, start.stdout);
  holds(words.test(start.stderr), start.stderr);
  const doctor = how('doctor', '--store', dir, '--json');
  equal(doctor.status, 1, doctor.stdout);
  const wrong = JSON.parse(doctor.stdout).checks.find((c) => c.name === name);
  holds(!wrong.ok && told.test(wrong.text) && wrong.advice.length > 20, JSON.stringify(wrong));
}

/** A folder with one case in it, and how many there are. */
async function counter() {
  const dir = temporaryFolder();
  const server = await startServer(binary, dir);
  const person = await signedIn(server, 'wang');
  const made = await person.create(inputs);
  equal(made.status, 201, made.text);
  return { dir, server, person, id: made.json.id, cases: await countCases(person) };
}

/** It starts again, with all its cases. */
async function mended(c) {
  const server = c.person.server = await startServer(binary, c.dir);
  equal([(await c.person.get(`/api/v1/cases/${c.id}`)).status, await countCases(c.person)], [200, c.cases]);
  equal((await server.stop()).code, 0);
  equal(run('verify', '--projections', '--dir', c.dir).status, 0, 'verify');
}

await check('a folder that another server has: the second one is refused, the first goes on', async () => {
  const c = await counter();
  const second = serve(c.dir);
  equal(second.status, 1);
  holds(/another process has this data folder open/.test(second.stderr), second.stderr);
  equal((await c.person.get('/healthz')).status, 200);
  equal((await c.server.stop()).code, 0);
  await mended(c);
});
await check('a backup put over a running counter: refused, and the counter goes on', async () => {
  const c = await counter(), copy = `${temporaryFolder()}/copy`;
  const backup = run('backup', copy, '--dir', c.dir);
  equal(backup.status, 0, backup.stderr);
  const before = readFileSync(database(c.dir)).length;
  const over = run('restore', copy, '--dir', c.dir);
  equal(over.status, 1, over.stdout);
  holds(/not empty; nothing was written/.test(over.stderr), over.stderr);
  equal(readFileSync(database(c.dir)).length, before);
  equal((await c.person.create({ ...inputs, plate: 'v70002' })).status, 201);
  c.cases++;
  equal((await c.server.stop()).code, 0);
  await mended(c);
});
await check('a folder that a newer program wrote', async () => {
  const c = await counter();
  equal((await c.server.stop()).code, 0);
  const sql = (text) => equal(spawnSync('sqlite3', [database(c.dir), text], { encoding: 'utf8' }).stderr, '');
  sql("insert into store_migration (room, number, why, at_us) values ('case', 999, 'of tomorrow', 1)");
  refused(c.dir, /written by a newer program \(case migration 999, .*use that program or restore an older backup/, 'store');
  sql('delete from store_migration where number = 999');
  await mended(c);
});
await check('a damaged database: named as such; with the file put back nothing is missing', async () => {
  const c = await counter(), keep = `${temporaryFolder()}/keep`;
  equal((await c.server.stop()).code, 0);
  copyFileSync(database(c.dir), keep);
  writeFileSync(database(c.dir), Buffer.alloc(8192, 'no database'));
  refused(c.dir, /the database file is damaged: keep a copy of it and restore the newest backup/, 'store');
  copyFileSync(keep, database(c.dir));
  await mended(c);
});
await check('a read-only disk: refused, and found by the doctor', async () => {
  const dir = temporaryFolder();
  const script = 'mount -t tmpfs -o size=32m tmpfs "$2" || exit 77; timeout 3 "$1" serve --demo --dir "$2/data" --port 0 > /dev/null;'
    + 'mount -o remount,ro "$2"; echo ready; read line';
  const child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', binary, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ready = await new Promise((done) => { child.stdout.once('data', () => done(true)); child.once('exit', () => done(false)); });
  if (!ready) return console.log('# no private mounts here: the read-only disk is not tried');
  const inside = (...args) => spawnSync('nsenter', ['--preserve-credentials', '-U', '-m', '-t', String(child.pid), resolve(binary), ...args], options);
  try { refused(`${dir}/data`, /Read-only file system/, 'writable', /mounted read-only/, inside); } finally { child.kill('SIGKILL'); }
});
finish();
