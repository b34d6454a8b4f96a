// Several servers on one PostgreSQL database: what one saves, the other shows; of two who act on the same version of
// a case one is told that it has changed; the event log stays one chain; a backup comes back into a folder.
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { check, Client, equal, holds, signedIn, startServer, temporaryFolder } from './harness.mjs';
import { onPostgres, place } from '../postgres/place.mjs';

const ROUNDS = 12;
const INPUTS = { violationCode: '1039', plate: 'v60001', historyVerified: true };

export default async function (server, binary) {
  if (!onPostgres) return;
  const other = await startServer(binary, server.dir);
  const here = await signedIn(server, 'wang');
  const there = new Client(other);
  there.cookie = here.cookie; // sessions are shared too
  await check('a case made at one server is decided at the other', async () => {
    const made = (await here.create(INPUTS)).json;
    equal((await there.get(`/api/v1/cases/${made.id}`)).status, 200);
    equal((await there.act(made.id, 'adopt', made.version)).status, 200);
    holds((await here.get(`/api/v1/cases/${made.id}`)).json.version > made.version, 'version');
  });
  await check('two who act on one version at once: one is told that it has changed', async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = (await here.create({ ...INPUTS, plate: `v6${1000 + i}` })).json;
      const answers = await Promise.all([here, there].map((who) => who.act(made.id, 'adopt', made.version)));
      equal(answers.map((r) => r.status).sort(), [200, 412], `round ${i}`);
    }
  });
  await check('one key sent to both servers makes one case', async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const answers = await Promise.all([here, there].map((who) => who.create({ ...INPUTS, plate: `v7${1000 + i}` }, headers)));
      equal(answers[0].json.id, answers[1].json.id, `round ${i}`);
    }
  });
  await check('the other server ends, this one goes on', async () => {
    equal((await other.stop()).code, 0);
    equal((await here.create(INPUTS)).status, 201);
  });
  await check('verify, every table folded again, and a backup that comes back into a folder', async () => {
    const yichuang = (...args) => {
      const r = spawnSync(binary, args, { encoding: 'utf8', timeout: 20000 });
      equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
      return r.stdout;
    };
    const [copy, back] = [`${temporaryFolder()}/copy`, `${temporaryFolder()}/back`];
    const chain = yichuang('verify', ...place(server.dir));
    holds(/^\d+ events, the chain holds$/m.test(chain), chain);
    yichuang('verify', '--projections', ...place(server.dir));
    yichuang('backup', copy, ...place(server.dir));
    yichuang('restore', copy, '--store', back);
    equal(yichuang('verify', '--dir', back), chain);
  });
}
