// Papers to a draft: whole by a form as a browser without script sends it, in pieces by the API, and out again.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { onPostgres, place } from '../postgres/place.mjs';
import { Client, check, equal, holds, problem, rawCall, signedIn, temporaryFolder } from './harness.mjs';
import { HAND_IN, LICENCE, PERSON, filled } from './apply_test.mjs';

const SERVICE = 'licence-renewal';
const FILES = `/apply/${SERVICE}/files`;
const MIB = 1024 * 1024;

/** A JPEG's head and n bytes in all. */
export function picture(n, width = 100, height = 100) {
  const bytes = Buffer.alloc(n, 7);
  Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255]).copy(bytes);
  return bytes;
}

async function form(home, path, fields, file, name = 'photo.jpg', type = 'image/jpeg') {
  const body = new FormData();
  for (const [k, v] of Object.entries(fields)) body.append(k, v);
  if (file) body.append('file', new Blob([file], { type }), name);
  const cookie = [...home.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const r = await fetch(home.server.url + path, { method: 'POST', body, redirect: 'manual', headers: { cookie, origin: home.server.url, 'accept-language': 'en' } });
  return { status: r.status, to: r.headers.get('location') ?? '', text: await r.text(), headers: r.headers };
}

const draftOf = async (server) => (await new Client(server).post('/api/v1/drafts', { service: SERVICE, answers: { ...PERSON, ...LICENCE, medicalOnline: true } })).json;

function sender(server, draft) {
  const who = new Client(server);
  const headers = { draft };
  return {
    begin: (json) => who.post('/api/v1/uploads', { evidence: 'id-resident', name: 'a.jpg', ...json }, headers),
    piece: (id, at, body) => who.call('PATCH', `/api/v1/uploads/${id}`, { body, headers: { ...headers, 'upload-offset': String(at), 'content-type': 'application/octet-stream' } }),
    look: (id) => who.get(`/api/v1/uploads/${id}`, headers),
    drop: (id) => who.call('DELETE', `/api/v1/uploads/${id}`, { headers }),
  };
}

// ---- papers with the answer to a notice ---------------------------------------------------------------------------
const ITEMS = [{ evidence: 'medical', fault: 'outdated', text: '2025-03-02' }];
const INPUTS = { applicantType: 'resident', personName: '补正某', personId: '53280119900101123X', phone: '138 0000 4321', term: '6', validTo: '2027-01-10', fullMarks: 'no', carClass: 'ordinary', issuedHere: 'yes' };
const act = (who, path, version, body, key = randomUUID()) => who.post(path, body, { 'if-match': `"${version}"`, 'idempotency-key': key });

async function told(wang) {
  const c = (await wang.post('/api/v1/cases', { service: SERVICE, inputs: INPUTS })).json;
  const r = await act(wang, `/api/v1/cases/${c.id}/correction-notices`, c.version, { items: ITEMS, days: 10 });
  return { ...c, version: r.json.version };
}

const begin = (who, query, headers = {}, evidence = 'medical') => who.post(`/api/v1/uploads?${query}`, { evidence, name: '体检.jpg', size: 200 }, headers);
const piece = (who, id, query, headers = {}) => who.call('PATCH', `/api/v1/uploads/${id}?${query}`, { body: picture(200), headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/octet-stream' } });

const cookieOf = (r) => /(yc_own=[^;]+)/.exec(r.headers.get('set-cookie') ?? '')?.[1];

async function page(server, method, path, { cookie = '', fields, file, as } = {}) {
  const body = fields && new FormData();
  for (const [k, v] of Object.entries(fields ?? {})) body.append(k, v);
  if (file) body.append('file', new Blob([file], { type: 'image/jpeg' }), 'scan.jpg');
  const headers = { cookie: as?.cookie ?? cookie, origin: server.url, 'accept-language': 'en' };
  const r = await fetch(server.url + path, { method, body, redirect: 'manual', headers });
  return { status: r.status, to: r.headers.get('location') ?? '', headers: r.headers, text: await r.text() };
}

async function answers(server) {
  const wang = await signedIn(server, 'wang'), anybody = new Client(server), proof = { proof: '4321' };

  await check('notice: papers come by code and proof, while it is open, and go with the answer', async () => {
    const c = await told(wang), query = `tracking=${c.tracking_code}`;
    problem(await begin(anybody, query), 403);
    problem(await begin(anybody, query, { proof: '0000' }), 403);
    problem(await begin(anybody, 'tracking=0000-0000-0000-0', proof), 404);
    problem(await begin(anybody, query, proof, 'nothing'), 422, 'evidence');
    const { id } = (await begin(anybody, query, proof)).json;
    problem(await piece(anybody, id, query), 403);
    equal((await piece(anybody, id, query, proof)).json.complete, true);
    const key = randomUUID(), send = () => act(anybody, `/api/v1/tracking/${c.tracking_code}/actions/supply`, c.version, { proof: '4321' }, key);
    const first = await send();
    equal([first.status, first.json.state], [200, 'submitted'], first.text);
    equal((await send()).text, first.text, 'sent twice');
    const view = (await wang.get(`/api/v1/cases/${c.id}`)).json;
    equal(view.files.map((f) => [f.evidence, f.name]), [['medical', '体检.jpg']]);
    problem(await begin(anybody, query, proof), 409);
    const accepted = await act(wang, `/api/v1/cases/${c.id}/actions/accept`, first.json.version, { accept: true });
    equal(accepted.json.state, 'accepted', accepted.text);
    const letter = async (no, lang) => (await wang.get(`/api/v1/cases/${c.id}/letters/${no}?lang=${lang}`)).json.html;
    holds(/身体条件证明[^<]*，2\d{3} 年 \d+ 月 \d+ 日收到/.test(await letter(2, 'zh')), await letter(2, 'zh'));
    holds(/Certificate of physical condition[^<]*, received on \d+ \w+ 2\d{3}/.test(await letter(2, 'en')), 'en');
    holds(!/received on \d+ \w+ 2\d{3}<\/p>\s*<p class="t">/.test(await letter(1, 'en')) && /No separate papers/.test(await letter(1, 'en')), 'the notice tells what had come then');
    const seen = (await anybody.get(`/api/v1/tracking/${c.tracking_code}`)).json;
    equal([seen.files.length, 'name' in seen.files[0], 'blob' in seen.files[0]], [1, false, false], 'a code alone tells no names');
  });

  await check('notice: without script, shown once, for half an hour; the paper stands there; the applicant opens it, with a line', async () => {
    const c = await told(wang), at = `/track/${c.tracking_code}`;
    holds((await page(server, 'GET', `${at}/notice`)).text.includes(`${at}/files#file-medical`), 'the way to hand it over');
    equal((await page(server, 'POST', `${at}/files`, { fields: { evidence: 'medical' }, file: picture(300) })).status, 422, 'nobody yet');
    equal((await page(server, 'POST', `${at}/files`, { fields: { proof: '1111' } })).status, 422);
    const shown = await page(server, 'POST', `${at}/files`, { fields: { proof: ' 123x' } });
    equal([shown.status, shown.to], [303, `${at}/files`]);
    const cookie = cookieOf(shown);
    holds(/Max-Age=1800; HttpOnly/.test(shown.headers.get('set-cookie')), shown.headers.get('set-cookie'));
    holds(/cannot be read/.test((await page(server, 'POST', `${at}/files`, { cookie, fields: { evidence: 'medical' }, file: Buffer.from('GIF89a') })).text), 'wrong kind');
    equal((await page(server, 'POST', `${at}/files`, { cookie, fields: { evidence: 'medical' }, file: picture(300) })).to, `${at}/files`);
    const notice = (await page(server, 'GET', `${at}/notice`, { cookie })).text;
    holds(notice.includes('scan.jpg') && !notice.includes('id="proof"'), 'what was handed over, and no proof again');
    const other = await told(wang);
    holds((await page(server, 'GET', `/track/${other.tracking_code}/notice`, { cookie })).text.includes('id="proof"'), 'of this case alone');
    const field = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(notice)[1];
    const body = new URLSearchParams({ version: field('version'), key: field('key'), note: '' });
    const done = await fetch(`${server.url}${at}/notice`, { method: 'POST', body, redirect: 'manual', headers: { cookie, origin: server.url } });
    equal([done.status, done.headers.get('location')], [303, `${at}?done=supply`]);
    equal((await page(server, 'GET', `${at}/files/1`)).to, `${at}/files`, 'who he is comes first');
    const own = await page(server, 'GET', `${at}/files/1`, { cookie });
    equal([own.status, own.headers.get('content-disposition'), own.headers.get('x-content-type-options')], [200, 'inline; filename="medical-1.jpg"', 'nosniff']);
    equal((await page(server, 'GET', `${at}/files/2`, { cookie })).status, 404);
    const line = (await anybody.get(`/api/v1/tracking/${c.tracking_code}`)).json.lookers[0];
    equal([line.role, line.purpose], ['applicant', 'own']);
    holds(/the applicant himself/.test((await page(server, 'GET', `${at}/access`)).text), 'told on the page');
    equal((await wang.get(`/api/v1/cases/${c.id}`)).json.others, 0, 'he is no colleague');
  });

  await check('notice: a wrong proof is counted for papers too, and looking without one is not', async () => {
    const c = await told(wang), at = `/track/${c.tracking_code}`, query = `tracking=${c.tracking_code}`;
    for (let i = 0; i < 12; i++) equal((await page(server, 'GET', `${at}/files/1`)).status, 303);
    for (let i = 0; i < 10; i++) problem(await begin(anybody, query, { proof: '9999' }), 403);
    problem(await begin(anybody, query, proof), 429);
    holds(/wait 15 minutes/i.test((await page(server, 'POST', `${at}/files`, { fields: { proof: '4321' } })).text), 'said on the page');
  });

  await check('notice: at the counter a scan is added, read in a tab, and taken with the answer', async () => {
    const c = await told(wang), at = `/staff/cases/${c.id}`, query = `case=${c.id}`;
    problem(await begin(anybody, query), 401);
    problem(await begin(await signedIn(server, 'zhao'), query), 404);
    equal((await begin(wang, query)).status, 201, 'by the API');
    equal((await page(server, 'POST', `${at}/files`, { as: wang, fields: { evidence: 'medical' }, file: picture(300) })).to, `${at}#supply`);
    holds(/cannot be read/.test((await page(server, 'POST', `${at}/files`, { as: wang, fields: { evidence: 'medical' }, file: Buffer.from('x') })).text), 'wrong kind');
    const before = (await page(server, 'GET', at, { as: wang })).text;
    holds(/<details[^>]*id="supply" open>/.test(before) && before.includes('scan.jpg'), 'waiting there');
    equal((await act(wang, `/api/v1/cases/${c.id}/actions/supply`, c.version, {})).status, 200);
    const after = (await page(server, 'GET', at, { as: wang })).text;
    holds(after.includes(`href="${at}/files/1" target="_blank" rel="noopener"`), 'linked');
    equal((await page(server, 'GET', `${at}/files/1`, { as: wang })).headers.get('content-disposition'), 'inline; filename="medical-1.jpg"');
    equal((await page(server, 'POST', `${at}/files`, { as: wang, fields: { evidence: 'medical' }, file: picture(300) })).status, 409, 'no notice is open');
  });
}

export default async function (server, binary) {
  await answers(server);

  await check('upload: a form sends a paper, its owner gets it back as it came, staff read it with a line', async () => {
    const home = await filled(server, { ...PERSON, personName: '材料某' });
    const bytes = picture(700 * 1024);
    equal((await form(home, FILES, { evidence: 'id-resident' }, bytes, '..\\照片<script>.jpg')).to, FILES);
    const page = (await home.get(FILES)).text;
    const id = /name="remove" value="([^"]+)"/.exec(page)?.[1];
    holds(id && page.includes('照片&lt;script&gt;.jpg') && !page.includes('<script>.jpg'), page.slice(0, 400));
    const own = await fetch(`${server.url}${FILES}/${id}`, { headers: { cookie: [...home.cookies].map(([k, v]) => `${k}=${v}`).join('; ') } });
    holds(Buffer.from(await own.arrayBuffer()).equals(bytes), 'bytes');
    equal([own.headers.get('content-disposition'), own.headers.get('content-type'), own.headers.get('x-content-type-options')],
      ['attachment; filename="id-resident.jpg"', 'image/jpeg', 'nosniff']);
    holds((await home.get(`/apply/${SERVICE}/check`)).text.includes('照片'), 'named on the check page');
    equal((await home.post(`/apply/${SERVICE}/check`, HAND_IN)).status, 303);
    const wang = await signedIn(server, 'wang');
    const [found] = (await wang.get(`/api/v1/cases?find=${encodeURIComponent('材料某')}`)).json.cases;
    const view = (await wang.get(`/api/v1/cases/${found.id}`)).json;
    equal([view.files.length, view.files[0].evidence, view.files[0].bytes], [1, 'id-resident', bytes.length]);
    const got = await wang.get(`/api/v1/cases/${found.id}/files/1`);
    equal([got.status, got.headers.get('content-disposition')], [200, 'attachment; filename="id-resident-1.jpg"']);
    problem(await (await signedIn(server, 'zhao')).get(`/api/v1/cases/${found.id}/files/1`), 404);
    problem(await new Client(server).get(`/api/v1/cases/${found.id}/files/1`), 401);
    const looks = (await wang.get(`/api/v1/tracking/${view.tracking_code}`)).json.lookers;
    holds(looks.some((l) => l.purpose === 'evidence'), JSON.stringify(looks));
  });

  await check('upload: 10 MiB is taken by a form, 10 MiB + 1 is told with its size, and nothing is lost', async () => {
    const home = await filled(server);
    equal((await form(home, FILES, { evidence: 'id-resident' }, picture(10 * MIB))).to, FILES);
    for (const n of [10 * MIB + 1, 12 * MIB]) {
      const r = await form(home, FILES, { evidence: 'id-resident' }, picture(n));
      equal(r.status, 422);
      holds(/This file is 1[02]\.\d MB; the limit is 10/.test(r.text), r.text.slice(0, 300));
    }
    equal(((await home.get(FILES)).text.match(/name="remove"/g) ?? []).length, 1, 'the first is still there');
    equal((await home.get(`/apply/${SERVICE}/check`)).status, 200);
  });

  await check('upload: what is no picture and no PDF is told, whatever it is called', async () => {
    const home = await filled(server);
    const rows = [Buffer.from('PK\u0003\u0004zip bomb'), Buffer.from('<html><script>alert(1)</script>'), Buffer.from('GIF89a'), picture(300, 60000, 60000)];
    for (const bytes of rows) {
      const r = await form(home, FILES, { evidence: 'id-resident' }, bytes);
      holds(r.status === 422 && /href="#file-id-resident"/.test(r.text) && /cannot be read/.test(r.text), r.text.slice(0, 200));
    }
    holds(/Choose a file first/.test((await form(home, FILES, { evidence: 'id-resident' })).text), 'none chosen');
    equal((await form(home, FILES, { evidence: 'nothing-we-ask' }, picture(100))).status, 422);
    equal(((await home.get(FILES)).text.match(/name="remove"/g) ?? []).length, 0, 'nothing of them stays');
  });

  await check('upload: a paper is taken back', async () => {
    const home = await filled(server);
    await form(home, FILES, { evidence: 'id-resident' }, picture(100));
    const id = /name="remove" value="([^"]+)"/.exec((await home.get(FILES)).text)[1];
    equal((await form(home, FILES, { remove: id })).to, FILES);
    holds(!/name="remove"/.test((await home.get(FILES)).text), 'gone');
  });

  await check('upload: pieces go on where they stopped; the hash is compared; strangers see none of it', async () => {
    const { draft } = await draftOf(server);
    const s = sender(server, draft);
    const bytes = picture(300 * 1024 + 5);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const made = await s.begin({ size: bytes.length, type: 'image/jpeg', sha256 });
    equal([made.status, made.json.have, made.json.complete], [201, 0, false]);
    const { id } = made.json;
    equal((await s.piece(id, 0, bytes.subarray(0, 128 * 1024))).json.have, 128 * 1024);
    problem(await s.piece(id, 0, bytes.subarray(0, 128 * 1024)), 409);
    equal((await s.look(id)).json.have, 128 * 1024);
    problem(await sender(server, (await draftOf(server)).draft).look(id), 404);
    problem(await new Client(server).get(`/api/v1/uploads/${id}`), 404);
    const done = await s.piece(id, 128 * 1024, bytes.subarray(128 * 1024));
    equal([done.status, done.json.complete, done.json.type], [200, true, 'image/jpeg']);
    equal((await s.drop(id)).status, 204);
    problem(await s.look(id), 404);
    const wrong = (await s.begin({ size: 200, sha256: '0'.repeat(64) })).json.id;
    problem(await s.piece(wrong, 0, picture(200)), 422, 'blob');
  });

  await check('upload: refusals of the API name the member', async () => {
    const { draft } = await draftOf(server);
    const s = sender(server, draft);
    problem(await s.begin({ size: 10 * MIB + 1 }), 422, 'size');
    problem(await s.begin({ size: 0 }), 422, 'size');
    problem(await s.begin({ size: 10, type: 'image/gif' }), 422, 'type');
    problem(await s.begin({ size: 10, evidence: 'none' }), 422, 'evidence');
    const { id } = (await s.begin({ size: 200 * 1024 })).json;
    problem(await s.piece(id, 0, picture(1024)), 422, 'size');
    problem(await s.piece(id, 'x', picture(70 * 1024)), 400);
    problem(await s.piece(id, 0, picture(600 * 1024)), 422, 'size');
  });

  await check('verify reads every paper; a damaged one is named with its case', async () => {
    const verify = (...where) => spawnSync(binary, ['verify', ...where], { encoding: 'utf8' });
    const good = verify(...place(server.dir), '--json'), told = JSON.parse(good.stdout);
    equal([good.status, told.bad, told.damaged], [0, 0, []]);
    holds(told.papers > 0, `${told.papers} papers`);
    if (onPostgres) return;
    const copy = temporaryFolder();
    const sqlite = (file, text) => equal(spawnSync('sqlite3', [file, text]).status, 0, text);
    sqlite(`${server.dir}/yichuang.db`, `.backup ${copy}/yichuang.db`);
    sqlite(`${copy}/yichuang.db`, "update store_part set bytes = x'00'");
    const bad = verify('--dir', copy);
    equal(bad.status, 1);
    holds(/^case \S+: the paper id-resident \(照片<script>\.jpg\) is not what was handed in; SHA-256 [0-9a-f]{64}$/m.test(bad.stdout), bad.stdout);
    holds(/an application that is not handed in yet/.test(bad.stdout), bad.stdout);
  });

  await check('drafts and applications by the API', async () => {
    const anybody = new Client(server);
    const made = await anybody.post('/api/v1/drafts', { service: SERVICE, answers: { ...PERSON, phone: '12', papers: 'complete' } });
    equal(made.status, 201);
    const { draft, version, faults } = made.json;
    holds(faults.some((f) => f.field === 'phone') && faults.some((f) => f.field === 'papers' && f.code === 'unknown'), JSON.stringify(faults));
    problem(await anybody.post('/api/v1/applications', { draft, office: 'demo-county', declaration: true }), 422);
    const answers = { ...PERSON, ...LICENCE, medicalOnline: true };
    const saved = await anybody.post(`/api/v1/drafts/${draft}`, { answers }, { 'if-match': String(version) });
    equal([saved.status, saved.json.version, saved.json.faults], [200, version + 1, []]);
    problem(await anybody.post(`/api/v1/drafts/${draft}`, { answers: {} }, { 'if-match': String(version) }), 412);
    problem(await anybody.post('/api/v1/applications', { draft, office: 'demo-county', declaration: false }), 422, 'declaration');
    problem(await anybody.post('/api/v1/applications', { draft, office: 'none', declaration: true }), 422, 'office');
    const first = await anybody.post('/api/v1/applications', { draft, office: 'demo-county', declaration: true });
    const again = await anybody.post('/api/v1/applications', { draft, office: 'demo-county', declaration: true });
    equal([first.status, again.status, first.json.again, again.json.again], [201, 200, false, true]);
    equal(first.json.tracking_code, again.json.tracking_code);
    problem(await anybody.get('/api/v1/drafts/0000-0000-0000-0'), 404);
    const other = (await draftOf(server)).draft;
    equal((await anybody.call('DELETE', `/api/v1/drafts/${other}`)).status, 204);
    problem(await anybody.get(`/api/v1/drafts/${other}`), 404);
  });

  await check('a draft comes back from its file, on another device', async () => {
    const { Home } = await import('./apply_test.mjs');
    const home = await filled(server, { ...PERSON, personName: '文件某' });
    const file = (await home.get(`/apply/${SERVICE}/save`)).text;
    const other = new Home(server);
    const r = await form(other, '/apply', { code: '' }, file, 'licence-renewal.draft.json', 'application/json');
    equal(r.to, `/apply/${SERVICE}/check?resumed=1`);
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(r.headers.get('set-cookie'));
    other.cookies.set(name, value);
    holds((await other.get(`/apply/${SERVICE}/check`)).text.includes('文件某'), 'answers');
    const posted = JSON.stringify({ format: 'yichuang-draft', service: SERVICE, posted: { personName: '断网某', papers: 'complete' } });
    equal((await form(other, '/apply', { code: '' }, posted)).to, `/apply/${SERVICE}/check?resumed=1`);
    for (const bad of ['{', '[]', '{"format":"yichuang-draft","service":"none"}', picture(2 * MIB)])
      equal((await form(other, '/apply', { code: '' }, bad)).status, 422, String(bad).slice(0, 20));
  });

  await check('forms with files: what is malformed is refused, and a file goes to pages that take one only', async () => {
    const send = (body, type = 'multipart/form-data; boundary=x', path = '/apply') => rawCall(server,
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    const part = '--x\r\nContent-Disposition: form-data; name="code"\r\n\r\nabc\r\n';
    for (const body of ['', 'x', '--x', '--x--', `${part}`, `${part}--y--`, '--x\r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--', `${part}${part}--x--`])
      holds(/^HTTP\/1.1 (400|404)/.test(await send(body)), body);
    holds(/^HTTP\/1.1 400/.test(await send(`${part}--x--`, 'multipart/form-data')), 'no boundary');
    holds(/^HTTP\/1.1 404/.test(await send(`${part}--x--`)), 'a code of nobody');
    holds(/^HTTP\/1.1 415/.test(await send(`${part}--x--`, 'multipart/form-data; boundary=x', `/apply/${SERVICE}`)), 'another page');
  });
}
