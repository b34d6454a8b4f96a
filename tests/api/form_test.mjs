// Forms and assets: a browser's post needs our own Origin or the session's form token; style sheets are cached by content.
import * as crypto from 'node:crypto';
import { Client, check, equal, holds, signedIn } from './harness.mjs';

export default async function (server) {
  const [wang, li] = await Promise.all(['wang', 'li'].map((n) => signedIn(server, n)));
  let plates = 60000;
  const fresh = async () => (await wang.create({ violationCode: '1039', plate: `v${++plates}`, historyVerified: true })).json;
  const tokenOf = async (client, id) => /name="form_token" value="([^"]+)"/.exec((await client.get(`/staff/cases/${id}`)).text)[1];
  const post = (client, path, fields, headers = {}) => client.call('POST', path, {
    body: String(new URLSearchParams(fields)), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
  const state = async (id) => (await wang.get(`/api/v1/cases/${id}`)).json.state;

  await check('a form without Origin and without token is refused', async () => {
    const c = await fresh();
    const fields = { version: c.version, key: crypto.randomUUID() };
    const path = `/staff/cases/${c.id}/adopt`;
    const others = await tokenOf(li, c.id);
    for (const form_token of ['', 'x', others]) equal((await post(wang, path, { ...fields, form_token })).status, 403, form_token);
    for (const origin of ['null', 'http://evil.example']) equal((await post(wang, path, { ...fields, form_token: await tokenOf(wang, c.id) }, { origin })).status, 403, origin);
    equal(await state(c.id), 'proposed');
  });
  await check('a form with the token, or from our own origin, is taken', async () => {
    const [c, d] = [await fresh(), await fresh()];
    const form_token = await tokenOf(wang, c.id);
    equal((await post(wang, `/staff/cases/${c.id}/adopt`, { version: c.version, key: crypto.randomUUID(), form_token })).status, 303);
    equal((await post(wang, `/staff/cases/${d.id}/adopt`, { version: d.version, key: crypto.randomUUID() }, { origin: server.url })).status, 303);
    for (const { id } of [c, d]) holds((await state(id)) !== 'proposed', 'decided');
  });
  await check('a form that is no form: 415, 400', async () => {
    const c = await fresh();
    equal((await wang.call('POST', `/staff/cases/${c.id}/adopt`, { body: '{}', headers: { 'content-type': 'application/json', origin: server.url } })).status, 415);
    equal((await wang.call('POST', `/staff/cases/${c.id}/adopt`, { body: 'a=%', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url } })).status, 400);
  });
  await check('staff pages of strangers and of other offices', async () => {
    const c = await fresh();
    const r = await new Client(server).get(`/staff/cases/${c.id}`);
    holds(r.status === 401 || r.status === 303, `${r.status}`);
    holds(!r.text.includes(c.tracking_code), 'nothing of the case');
    equal((await (await signedIn(server, 'zhao')).get(`/staff/cases/${c.id}`)).status, 404);
  });
  await check('what is typed comes back as text, never as markup', async () => {
    const evil = '"><script>alert(1)</script>';
    for (const path of ['/track?code=', '/?lang=', '/staff/cases?find=']) {
      const r = await wang.get(path + encodeURIComponent(evil));
      holds(!r.text.includes('<script>alert'), path);
    }
  });
  await check('assets: cached by their content', async () => {
    const { text } = await new Client(server).get('/');
    const url = /href="(\/assets\/[^"]+\.css\?v=[^"]+)"/.exec(text)?.[1];
    holds(url, 'a style sheet with its hash');
    const named = await wang.get(url);
    equal([named.status, named.headers.get('cache-control')], [200, 'public, max-age=31536000, immutable']);
    const bare = await wang.get(url.split('?')[0]);
    equal(bare.headers.get('cache-control'), 'no-cache');
    equal((await wang.get(url.split('?')[0], { 'if-none-match': bare.headers.get('etag') })).status, 304);
    equal((await wang.get('/assets/nix.css')).status, 404);
  });
}
