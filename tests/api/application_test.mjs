// An application by the API: checked, told once, completed by the applicant with a code and a proof, accepted, decided; withdrawn.
import * as crypto from 'node:crypto';
import { Client, check, equal, holds, problem, signedIn } from './harness.mjs';

const SERVICE = 'licence-renewal';
const inputs = { applicantType: 'resident', personName: '岩温（样例）', personId: '53280119900101123X', phone: '138 0000 4321', term: '6', validTo: '2027-01-10', fullMarks: 'no', carClass: 'ordinary', issuedHere: 'yes' };
const items = [{ evidence: 'medical', fault: 'outdated', text: '2025-03-02' }, { field: 'phone', text: '少一位' }];

const COUNTER = { medicalOn: new Date(Date.now() - 864e5).toISOString().slice(0, 10), fit: 'fit', open: 'none', study: 'none', ability: 'under70', papers: 'complete' };

export default async function (server) {
  const [wang, chen] = await Promise.all(['wang', 'chen'].map((n) => signedIn(server, n)));
  const anybody = new Client(server);
  const fresh = async () => (await wang.post('/api/v1/cases', { service: SERVICE, inputs })).json;
  const act = (who, path, version, body, key = crypto.randomUUID()) =>
    who.post(path, body, { 'if-match': `"${version}"`, 'idempotency-key': key });

  await check('told once: notice, answer by code and proof, accepted, decided with a reference', async () => {
    const c = await fresh(), at = `/api/v1/cases/${c.id}`, mine = `/api/v1/tracking/${c.tracking_code}/actions`;
    let r = await act(wang, `${at}/correction-notices`, c.version, { items, days: 10 });
    equal([r.status, r.json.state], [200, 'awaiting_correction'], r.text);
    const seen = (await anybody.get(`/api/v1/tracking/${c.tracking_code}`)).json;
    equal([seen.state, seen.notices.length, seen.notices[0].items.length], ['awaiting_correction', 1, 2]);
    holds(!JSON.stringify(seen).includes('王警官'), 'no staff name');
    problem(await act(anybody, `${mine}/supply`, r.json.version, { proof: '0000', note: 'x' }), 403);
    problem(await act(anybody, `${mine}/supply`, c.version, { proof: '4321', note: 'x' }), 412);
    problem(await act(anybody, `${mine}/supply`, r.json.version, { proof: '4321', answers: { papers: 'complete' } }), 422);
    const key = crypto.randomUUID(), body = { proof: '123x', answers: { phone: '13800004322' }, note: '新证明' };
    const before = r.json.version;
    r = await act(anybody, `${mine}/supply`, before, body, key);
    equal([r.status, r.json.state], [200, 'submitted'], r.text);
    equal((await act(anybody, `${mine}/supply`, before, body, key)).text, r.text);
    problem(await act(wang, `${at}/correction-notices`, r.json.version, { items, days: 10 }), 403);
    problem(await act(chen, `${at}/correction-notices`, r.json.version, { items, days: 10 }), 422);
    r = await act(wang, `${at}/actions/check`, r.json.version, { answers: { papers: 'complete' } });
    r = await act(wang, `${at}/actions/accept`, r.json.version, { accept: true });
    equal([r.status, r.json.state], [200, 'accepted'], r.text);
    problem(await act(wang, `${at}/actions/depart`, r.json.version, { outcome: 'GRANT', reason: '核对无误' }), 422);
    r = await act(wang, `${at}/actions/depart`, r.json.version, { outcome: 'GRANT', reason: '核对无误', external: '5328-0001' });
    equal([r.status, r.json.state], [200, 'closed'], r.text);
    equal((await wang.get(at)).json.decisions[0].external, '5328-0001');
  });
  await check('not accepted though the rules would have granted it: the ways to appeal are told all the same', async () => {
    const c = await fresh(), at = `/api/v1/cases/${c.id}`;
    let r = await act(wang, `${at}/actions/check`, c.version, { answers: COUNTER });
    equal((await wang.get(at)).json.proposed.code, 'GRANT', r.text);
    r = await act(wang, `${at}/actions/accept`, r.json.version, { accept: false, reason: '不属于本机关职权' });
    equal([r.status, r.json.state], [200, 'rejected'], r.text);
    for (const [lang, words] of [['zh', /行政复议.*60 日|60 日.*行政复议/], ['en', /reconsideration.*within 60 days/]])
      holds(words.test((await wang.get(`${at}/letters/1?lang=${lang}`)).json.html), lang);
  });
  await check('contact services want what has changed: the telephone, the address, or both', async () => {
    const person = { applicantType: 'resident', personName: '岩温', personId: '532801199001011234', phone: '13800000000', changedOn: '2026-11-10' };
    for (const [service, more] of [['driver-contact', { kind: 'contact', placeHere: 'yes' }], ['owner-contact', { plate: '云K12345', registeredHere: 'yes' }]]) {
      const faults = async (told) => (await anybody.post('/api/v1/drafts', { service, answers: { ...person, ...more, ...told } })).json.faults.map((f) => `${f.field} ${f.code}`);
      equal(await faults({}), ['changed required'], service);
      equal(await faults({ changed: 'phone' }), ['newPhone required'], service);
      equal(await faults({ changed: 'both', newAddress: '景洪市样例路 1 号' }), ['newPhone required'], service);
      equal(await faults({ changed: 'address', newAddress: '景洪市样例路 1 号' }), [], service);
    }
  });
  await check('withdrawn by the applicant: at once the end; a wrong proof is counted', async () => {
    const c = await fresh(), mine = `/api/v1/tracking/${c.tracking_code}/actions/withdraw`;
    for (let i = 0; i < 10; i++) problem(await act(anybody, mine, c.version, { proof: '9999' }), 403);
    problem(await act(anybody, mine, c.version, { proof: '4321' }), 429);
    const other = await fresh();
    const r = await act(anybody, `/api/v1/tracking/${other.tracking_code}/actions/withdraw`, other.version, { proof: '4321' });
    equal([r.status, r.json.state], [200, 'withdrawn'], r.text);
    problem(await act(wang, `/api/v1/cases/${other.id}/actions/accept`, r.json.version, { accept: true }), 409);
  });
  await check('not accepted: with a reason, in writing', async () => {
    const c = await fresh(), at = `/api/v1/cases/${c.id}`;
    problem(await act(wang, `${at}/actions/accept`, c.version, { accept: false }), 422);
    const r = await act(wang, `${at}/actions/accept`, c.version, { accept: false, reason: '不属于本机关职权' });
    equal([r.status, r.json.state], [200, 'rejected'], r.text);
    const letter = (await wang.get(`${at}/letters/1?lang=zh`)).json.html;
    holds(letter.includes('不予受理凭证') && /行政复议/.test(letter), 'letter with the ways to appeal');
    holds((await anybody.get(`/api/v1/tracking/${c.tracking_code}`)).json.appeal.reconsideration_days === 60, 'and told by the code');
    const list = (await wang.get('/api/v1/cases?state=ended')).json;
    holds(list.counts.rejected >= 1 && list.cases.every((x) => x.open === false), JSON.stringify(list.counts));
  });
}
