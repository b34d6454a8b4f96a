// Many connections that are ready at the same moment: none is forgotten (libmicrohttpd's own loop stalls at
// multiples of 128), and a second start finds everything again.
import net from 'node:net';
import { check, equal, holds, signedIn, startServer, temporaryFolder } from './harness.mjs';
import { onPostgres } from '../postgres/place.mjs';

const ROUNDS = 10;
const LONGEST_MS = 8000; // the stall of 128 × 10 requests lasts longer; we need a fraction of it

function connect(port) {
  return new Promise((open, failed) => {
    const socket = net.connect(port, '127.0.0.1', () => open(socket));
    socket.on('error', failed);
  });
}

function ask(socket) {
  return new Promise((done) => {
    socket.once('data', (d) => done(d.toString('latin1', 0, 15)));
    socket.write('GET /api/v1/services HTTP/1.1\r\nHost: a\r\n\r\n');
  });
}

export default async function (server, binary) {
  for (const connections of [128, 256, 512]) {
    await check(`${connections} connections, all ready at once`, async () => {
      const sockets = await Promise.all(Array.from({ length: connections }, () => connect(server.port)));
      const began = performance.now();
      for (let i = 0; i < ROUNDS; i++) {
        const answers = await Promise.all(sockets.map(ask));
        holds(answers.every((a) => a === 'HTTP/1.1 200 OK'), `round ${i}: ${answers.find((a) => a !== 'HTTP/1.1 200 OK')}`);
      }
      const ms = performance.now() - began;
      sockets.forEach((s) => s.destroy());
      holds(ms < LONGEST_MS, `${ms.toFixed(0)} ms`);
    });
  }
  await check('a second start: the same logins, the same cases', async () => {
    const dir = temporaryFolder();
    const first = await startServer(binary, dir);
    const made = (await (await signedIn(first, 'wang')).create({ violationCode: '1039', plate: 'v50001' })).json;
    equal((await first.stop()).code, 0);
    const second = await startServer(binary, dir);
    equal(second.logins, first.logins);
    equal((await (await signedIn(second, 'wang')).get(`/api/v1/cases/${made.id}`)).status, 200);
    holds(second.startMs < 2000, `${second.startMs} ms`);
    await second.stop();
  });
  await check('a port that is taken and a folder in use are said, not crashed on', async () => {
    const { spawnSync } = await import('node:child_process');
    // A database may be shared, a folder may not.
    const inUse = onPostgres ? [] : [spawnSync(binary, ['serve', '--demo', '--dir', server.dir, '--port', '0'], { timeout: 10000 })];
    const taken = spawnSync(binary, ['serve', '--demo', '--dir', temporaryFolder(), '--port', String(server.port)], { timeout: 10000 });
    for (const r of [...inUse, taken]) equal([r.status, r.signal], [1, null], String(r.stderr));
    holds(/use/i.test(String(taken.stderr)), String(taken.stderr));
  });
}
