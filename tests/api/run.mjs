// The HTTP contract, line by line, against the built binary. Usage: node run.mjs BUILD/yichuang
import { readdirSync } from 'node:fs';
import { check, equal, finish, holds, startServer, temporaryFolder } from './harness.mjs';

const binary = process.argv[2] ?? 'build/yichuang';
const server = await startServer(binary, temporaryFolder());
for (const file of readdirSync(new URL('.', import.meta.url)).filter((f) => f.endsWith('_test.mjs')).sort()) {
  console.log(`# ${file}`);
  const suite = await import(`./${file}`);
  await suite.default(server, binary);
}
await check('SIGTERM ends with 0', async () => {
  equal(await server.stop(), { code: 0, signal: null }, 'end');
});
await check('nothing internal happened meanwhile', () => {
  holds(!/internal|assert|Sanitizer/i.test(server.stderr), server.stderr);
});
finish();
