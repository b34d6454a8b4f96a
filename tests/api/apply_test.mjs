// An application without an account, as a browser without script sends it: drafts, pages, check, one case, a receipt.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { check, equal, holds, signedIn, startServer, temporaryFolder } from './harness.mjs';

const SERVICE = 'licence-renewal';

/** Somebody at home: keeps cookies, posts forms as a browser does. */
export class Home {
  constructor(server) { this.server = server; this.cookies = new Map(); }
  async call(method, path, fields, headers = {}) {
    const body = fields && (fields instanceof URLSearchParams ? fields : new URLSearchParams(fields)).toString();
    const all = { 'accept-language': 'en', cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...headers };
    if (body !== undefined) { all['content-type'] = 'application/x-www-form-urlencoded'; all.origin ??= this.server.url; }
    const r = await fetch(this.server.url + path, { method, body, headers: all, redirect: 'manual' });
    for (const line of (r.headers.get('set-cookie') ?? '').split(/, (?=[a-zA-Z_-]+=)/)) {
      const [, name, value, rest] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
      if (name && /max-age=0|max-age=-/i.test(rest)) this.cookies.delete(name);
      else if (name) this.cookies.set(name, value);
    }
    return { status: r.status, to: r.headers.get('location') ?? '', headers: r.headers, text: await r.text() };
  }
  get(path) { return this.call('GET', path); }
  post(path, fields = {}) { return this.call('POST', path, fields); }
  code(service = SERVICE) { return this.cookies.get(`draft-${service}`); }
}

export const PERSON = { applicantType: 'resident', personName: '李某', personId: '530000199001010017', phone: '138 0000 0000' };
export const LICENCE = { term: '6', validTo: '2026-12-20', fullMarks: 'no', carClass: 'ordinary', issuedHere: 'yes', medicalOnline: 'true', issuedHere: 'yes' };
export const HAND_IN = { office: 'demo-county', declare: '1' };

/** A draft with both pages filled in. */
export async function filled(server, person = PERSON) {
  const home = new Home(server);
  await home.post(`/apply/${SERVICE}`);
  equal((await home.post(`/apply/${SERVICE}/1`, person)).to, `/apply/${SERVICE}/2`, 'page 2');
  equal((await home.post(`/apply/${SERVICE}/2`, LICENCE)).to, `/apply/${SERVICE}/files`, 'papers');
  return home;
}

const tracking = (page) => /class="code xl">([0-9A-Z-]{16})</.exec(page.text)?.[1];

export default async function (server, binary) {
  await check('application: pages, check, one case, receipt; the case is at the chosen office', async () => {
    const home = await filled(server);
    const page = await home.get(`/apply/${SERVICE}/check`);
    for (const part of ['李某', '530000199001010017', 'Step 4 of 4', 'Submit application', 'Demo County'])
      holds(page.text.includes(part), `check lacks ${part}`);
    equal((await home.post(`/apply/${SERVICE}/check`, HAND_IN)).to, `/apply/${SERVICE}/receipt`);
    const receipt = await home.get(`/apply/${SERVICE}/receipt`);
    const code = tracking(receipt);
    holds(code && receipt.text.includes('not yet an acceptance'), receipt.text.slice(0, 300));
    const wang = await signedIn(server, 'wang');
    const found = (await wang.get(`/api/v1/cases?find=${code}`)).json.cases;
    equal([found.length, found[0].service, found[0].office], [1, SERVICE, 'demo-county']);
    const zhao = await signedIn(server, 'zhao');
    equal((await zhao.get(`/api/v1/cases?find=${code}`)).json.cases.length, 0, 'other county');
    const track = (await wang.get(`/api/v1/tracking/${code}`)).json;
    equal(track.lookers, [], 'handing in is no look by staff');
  });

  await check('application: pressed twice, also at once, it is one case with one receipt', async () => {
    const home = await filled(server, { ...PERSON, personName: '双击某' });
    const replies = await Promise.all(Array.from({ length: 6 }, () => home.post(`/apply/${SERVICE}/check`, HAND_IN)));
    for (const r of replies) equal([r.status, r.to], [303, `/apply/${SERVICE}/receipt`]);
    equal((await home.post(`/apply/${SERVICE}/check`, HAND_IN)).to, `/apply/${SERVICE}/receipt`);
    const wang = await signedIn(server, 'wang');
    equal((await wang.get(`/api/v1/cases?find=${encodeURIComponent('双击某')}`)).json.cases.length, 1);
  });

  await check('application: a fault keeps what was typed, names the field, and the draft has it', async () => {
    const home = new Home(server);
    await home.post(`/apply/${SERVICE}`);
    const page = await home.post(`/apply/${SERVICE}/1`, { ...PERSON, phone: '12' });
    equal(page.status, 422);
    holds(/href="#phone"/.test(page.text) && /value="12"/.test(page.text) && /value="李某"/.test(page.text), page.text.slice(0, 500));
    holds(/value="12"/.test((await home.get(`/apply/${SERVICE}/1`)).text), 'kept');
    equal((await home.get(`/apply/${SERVICE}/check`)).to, `/apply/${SERVICE}/1?judge=1`, 'back to the fault');
  });

  await check('application: another language shows the same entries and judges nothing', async () => {
    const home = new Home(server);
    await home.post(`/apply/${SERVICE}`);
    const page = await home.post(`/apply/${SERVICE}/1`, { personName: '未填完', phone: '12', lang: 'zh' });
    equal(page.status, 200);
    holds(/lang="zh-CN"/.test(page.text) && /value="未填完"/.test(page.text) && /value="12"/.test(page.text), page.text.slice(0, 300));
  });

  await check('application: back and later keep an unfinished page', async () => {
    const home = new Home(server);
    await home.post(`/apply/${SERVICE}`);
    await home.post(`/apply/${SERVICE}/1`, PERSON);
    equal((await home.post(`/apply/${SERVICE}/2`, { term: '10', back: '1' })).to, `/apply/${SERVICE}/1`);
    equal((await home.post(`/apply/${SERVICE}/2`, { term: '10', validTo: 'soon', later: '1' })).to, `/apply/${SERVICE}/later`);
    holds((await home.get(`/apply/${SERVICE}/later`)).text.includes(home.code()), 'the code is shown');
    const other = new Home(server);
    equal((await other.post('/apply', { code: home.code().toLowerCase().replaceAll('-', ' ') })).to, `/apply/${SERVICE}/check?resumed=1`);
    equal((await other.get(`/apply/${SERVICE}/check?resumed=1`)).to, `/apply/${SERVICE}/2`);
    const page = (await other.get(`/apply/${SERVICE}/2`)).text;
    holds(/value="10"[^>]*checked/.test(page) && /value="soon"/.test(page), page);
    equal((await home.post(`/apply/${SERVICE}/forget`)).to, '/apply?forgotten=1');
    equal(home.code(), undefined, 'the device forgets');
    equal((await new Home(server).post('/apply', { code: '0000-0000-0000-0' })).status, 404);
  });

  await check('application: answers of a pre-check come along; an open draft is not put aside unasked', async () => {
    const home = new Home(server);
    equal((await home.post(`/apply/${SERVICE}`, { term: '10', carClass: 'disabled', papers: 'complete', nonsense: '1' })).to, `/apply/${SERVICE}/1`);
    const page = (await home.get(`/apply/${SERVICE}/2`)).text;
    holds(/value="10"[^>]*checked/.test(page) && /value="disabled" selected/.test(page), page.slice(0, 400));
    const code = home.code();
    const asked = await home.post(`/apply/${SERVICE}`, { term: '6' });
    equal([asked.status, home.code()], [200, code]);
    holds(/name="term" value="6"/.test(asked.text) && /name="anew"/.test(asked.text), asked.text.slice(0, 300));
    equal((await home.post(`/apply/${SERVICE}`, { term: '6', anew: '1' })).to, `/apply/${SERVICE}/1`);
    holds(home.code() !== code, 'a new draft');
  });

  await check('application: staff fields, unknown fields and hidden fields get nowhere', async () => {
    const home = await filled(server, { ...PERSON, personName: '篡改某', papers: 'complete', missing: 'x', at: '2020-01-01', nonsense: 'y' });
    equal((await home.post(`/apply/${SERVICE}/check`, { ...HAND_IN, papers: 'complete' })).to, `/apply/${SERVICE}/receipt`);
    const wang = await signedIn(server, 'wang');
    const [found] = (await wang.get(`/api/v1/cases?find=${encodeURIComponent('篡改某')}`)).json.cases;
    const view = (await wang.get(`/api/v1/cases/${found.id}`)).json;
    equal([view.answers.papers, view.answers.missing, view.answers.nonsense, view.answers.agentName], [undefined, undefined, undefined, undefined]);
    holds(view.answers.at !== '2020-01-01', 'the counter says when it came');
  });

  await check('application: neither without an office nor a declaration, nor at an office that does not accept', async () => {
    const home = await filled(server);
    const page = await home.post(`/apply/${SERVICE}/check`, { declare: '1' });
    equal(page.status, 422);
    holds(/href="#office"/.test(page.text), 'office');
    const other = await home.post(`/apply/${SERVICE}/check`, { office: 'demo-county' });
    holds(other.status === 422 && /href="#declare"/.test(other.text), 'declaration');
    equal((await home.post(`/apply/${SERVICE}/check`, { ...HAND_IN, office: 'nowhere' })).status, 422);
    equal((await home.post(`/apply/${SERVICE}/check`, HAND_IN)).status, 303, 'and then it works');
  });

  await check('application: odd characters come back as typed', async () => {
    const rows = ['𠮷野𪚥', '‮abc‬', 'a\u200fb', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '{{t.brand}}', "O'Brien & \\ söhne", '👨‍👩‍👧'];
    const wang = await signedIn(server, 'wang');
    for (const personName of rows) {
      const home = await filled(server, { ...PERSON, personName });
      const page = await home.get(`/apply/${SERVICE}/check`);
      holds(!/<script>alert|<img src=x/.test(page.text), `${personName} stands in the page as HTML`);
      equal((await home.post(`/apply/${SERVICE}/check`, HAND_IN)).status, 303, personName);
      const code = tracking(await home.get(`/apply/${SERVICE}/receipt`));
      const [found] = (await wang.get(`/api/v1/cases?find=${code}`)).json.cases;
      equal((await wang.get(`/api/v1/cases/${found.id}`)).json.answers.personName, personName);
    }
  });

  await check('application: overlong names and the year 2099', async () => {
    const home = new Home(server);
    await home.post(`/apply/${SERVICE}`);
    const long = await home.post(`/apply/${SERVICE}/1`, { ...PERSON, personName: '长'.repeat(101) });
    holds(long.status === 422 && long.text.includes('长'.repeat(101)), 'refused and kept');
    equal((await home.post(`/apply/${SERVICE}/1`, { ...PERSON, personName: '长'.repeat(100) })).status, 303);
    equal((await home.post(`/apply/${SERVICE}/2`, { ...LICENCE, validTo: '2099-12-31' })).to, `/apply/${SERVICE}/files`);
    equal((await home.get(`/apply/${SERVICE}/check`)).status, 200);
    const huge = await home.post(`/apply/${SERVICE}/1`, { ...PERSON, personName: 'x'.repeat(300 * 1024) });
    holds(huge.status === 413 || huge.status === 422, `huge: ${huge.status}`);
    holds((await home.get(`/apply/${SERVICE}/1`)).text.includes('长'.repeat(100)), 'and the draft is as it was');
  });

  await check('application: without its draft a page begins a new one with what was typed', async () => {
    const home = new Home(server);
    const r = await home.post(`/apply/${SERVICE}/1`, PERSON);
    equal(r.to, `/apply/${SERVICE}/1?new=1`);
    const page = (await home.get(r.to)).text;
    holds(/value="李某"/.test(page) && /kept in a new one/.test(page), page.slice(0, 300));
    equal((await new Home(server).get(`/apply/${SERVICE}/2`)).to, `/apply/${SERVICE}`);
    equal((await new Home(server).get('/apply/none')).status, 404);
  });

  await check('application: the draft as a file, without a secret', async () => {
    const home = await filled(server);
    const r = await home.get(`/apply/${SERVICE}/save`);
    const file = JSON.parse(r.text);
    equal([file.format, file.service, file.answers.personName], ['yichuang-draft', SERVICE, '李某']);
    holds(/attachment/.test(r.headers.get('content-disposition')) && !r.text.includes(home.code()), r.text);
  });

  await check('application: another site cannot post into it', async () => {
    const home = await filled(server);
    equal((await home.call('POST', `/apply/${SERVICE}/check`, HAND_IN, { origin: 'https://evil.example' })).status, 403);
  });

  await check('application: a service withdrawn while its form is open says so; what was typed can be taken along', async () => {
    const dir = temporaryFolder(), packs = `${temporaryFolder()}/authority`;
    cpSync('packs/demo-prefecture', packs, { recursive: true });
    const before = await startServer(binary, dir, { args: ['--packs', packs] });
    const home = new Home(before);
    await home.post(`/apply/${SERVICE}`);
    await home.post(`/apply/${SERVICE}/1`, PERSON);
    await before.stop();
    rmSync(`${packs}/${SERVICE}`, { recursive: true });
    home.server = await startServer(binary, dir, { args: ['--packs', packs] });
    const page = await home.post(`/apply/${SERVICE}/2`, { term: '10', validTo: '2027-01-01' });
    equal(page.status, 410);
    holds(/This service closed today/.test(page.text) && page.text.includes('李某') && page.text.includes('2027-01-01'), page.text.slice(0, 400));
    const file = JSON.parse((await home.get(`/apply/${SERVICE}/save`)).text);
    equal([file.answers.personName, file.answers.term, file.answers.validTo], ['李某', '10', '2027-01-01']);
    equal((await new Home(home.server).get(`/apply/${SERVICE}`)).status, 404);
    await home.server.stop();
  });

  await check('application: how long a draft is kept and how many papers it takes is the authority\'s to say; the pages tell', async () => {
    const packs = `${temporaryFolder()}/authority`;
    cpSync('packs/demo-prefecture', packs, { recursive: true });
    const authority = JSON.parse(readFileSync(`${packs}/authority.json`, 'utf8'));
    writeFileSync(`${packs}/authority.json`, JSON.stringify({ ...authority, drafts: { days: 9, files: 1 } }));
    const other = await startServer(binary, temporaryFolder(), { args: ['--packs', packs] });
    const home = new Home(other);
    for (const [lang, words] of [['zh', '9 天内凭草稿码'], ['en', 'within 9 days']])
      holds((await home.get(`/apply/${SERVICE}?lang=${lang}`)).text.includes(words), words);
    const draft = await (await fetch(`${other.url}/api/v1/drafts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ service: SERVICE, answers: PERSON }) })).json();
    const days = (Date.parse(draft.expires_at) - Date.now()) / 86400000;
    holds(days > 8.9 && days <= 9, `expires in ${days} days: ${draft.expires_at}`);
    const begin = () => fetch(`${other.url}/api/v1/uploads`, { method: 'POST', headers: { 'content-type': 'application/json', draft: draft.draft },
      body: JSON.stringify({ evidence: 'id-resident', name: 'a.jpg', size: 100 }) });
    equal([(await begin()).status, (await begin()).status], [201, 413]);
    await other.stop();
  });
}
