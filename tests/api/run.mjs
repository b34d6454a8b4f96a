// The HTTP contract, line by line, against the built binary. Usage: node run.mjs BUILD/yichuang
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { check, equal, finish, holds, startServer, temporaryFolder } from './harness.mjs';
import { needStore } from '../postgres/place.mjs';

const binary = process.argv[2] ?? 'build/yichuang';
needStore();
const server = await startServer(binary, temporaryFolder());
for (const file of readdirSync(new URL('.', import.meta.url)).filter((f) => f.endsWith('_test.mjs')).sort()) {
  console.log(`# ${file}`);
  const suite = await import(`./${file}`);
  await suite.default(server, binary);
}
await check('SIGTERM ends with 0', async () => {
  equal(await server.stop(), { code: 0, signal: null }, 'end');
});
await check('SIGTERM during the start ends with 0 too', async () => {
  const dir = `${temporaryFolder()}/new`;
  const early = spawn(binary, ['serve', '--demo', '--dir', dir, '--port', '0'], { stdio: 'ignore' });
  const end = once(early, 'exit');
  while (!existsSync(dir)) await new Promise((wait) => setTimeout(wait, 1));
  early.kill('SIGTERM');
  equal(await end, [0, null], 'end');
});
await check('nothing internal happened meanwhile', () => {
  holds(!/internal|assert|Sanitizer/i.test(server.stderr), server.stderr);
});
finish();
