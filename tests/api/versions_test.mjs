// Versions of services and years of days off, as an administrator sees them: a counter that was opened again with one file changed.
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { check, equal, holds, signedIn, startServer, temporaryFolder } from './harness.mjs';

export default async function (shared, binary) {
  const [home, packs] = [temporaryFolder(), temporaryFolder()];
  cpSync('packs/demo-prefecture', packs, { recursive: true });
  await (await startServer(binary, home, { args: ['--packs', packs] })).stop();
  appendFileSync(join(packs, 'licence-lost/process.bpmn'), '<!-- said & done -->\n');
  const server = await startServer(binary, home, { args: ['--packs', packs] });
  const admin = await signedIn(server, 'admin');
  let hashes = [];

  await check('versions: both are listed, one of them is in force', async () => {
    const { status, text } = await admin.get('/staff/admin/packs?lang=en');
    const rows = text.split('<tr>').filter((row) => row.includes('/staff/admin/packs/licence-lost"'));
    equal([status, rows.length], [200, 2]);
    equal(rows.map((row) => row.includes('in force')), [false, true]);
  });
  await check('versions: the page of a service tells what changed', async () => {
    const { status, text } = await admin.get('/staff/admin/packs/licence-lost?lang=en');
    hashes = [...text.matchAll(/<li>[^<]*<code class="small">([0-9a-f]+)</g)].map((m) => m[1]);
    equal([status, hashes.length], [200, 2]);
    holds(text.includes('<code>process.bpmn</code> changed'), 'no file');
    holds(/\+ \d+ {2}&lt;!-- said &amp; done --&gt;/.test(text), 'no line, or not escaped');
  });
  await check('versions: the same one twice is the same', async () => {
    const { text } = await admin.get(`/staff/admin/packs/licence-lost?lang=en&from=${hashes[0]}&to=${hashes[0]}`);
    holds(text.includes('The two versions are the same.'), text.slice(-600));
  });
  await check('versions: what is not kept is not found', async () => {
    equal((await admin.get('/staff/admin/packs/licence-lost?from=0000000000')).status, 404);
    equal((await admin.get('/staff/admin/packs/none')).status, 404);
  });
  await check('years: those published and the next one are told', async () => {
    const { status, text } = await admin.get('/staff/admin/calendars?lang=en');
    equal(status, 200);
    holds(/>2026<\/td><td><span class="chip ok">/.test(text), '2026');
    holds(text.includes('id="c-prefecture"'), 'no layer');
  });
  await check('versions: a clerk does not look after them', async () => {
    const clerk = await signedIn(server, 'wang');
    equal((await clerk.get('/staff/admin/packs')).status, 403);
    equal((await clerk.get('/staff/admin/calendars')).status, 403);
  });
  await server.stop();
  holds(!/internal|assert|Sanitizer/i.test(server.stderr), server.stderr);
}
