// An application by the API: checked, told once, completed by the applicant with a code and a proof, accepted, decided; withdrawn.
import * as crypto from 'node:crypto';
import { Client, check, equal, holds, problem, signedIn } from './harness.mjs';

const SERVICE = 'licence-renewal';
const inputs = { applicantType: 'resident', personName: '岩温（样例）', personId: '53280119900101123X', phone: '138 0000 4321', term: '6', validTo: '2027-01-10', fullMarks: 'no', carClass: 'ordinary', issuedHere: 'yes' };
const items = [{ evidence: 'medical', fault: 'outdated', text: '2025-03-02' }, { field: 'phone', text: '少一位' }];

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
    holds((await wang.get(`${at}/letters/1?lang=zh`)).json.html.includes('不予受理凭证'), 'letter');
    const list = (await wang.get('/api/v1/cases?state=ended')).json;
    holds(list.counts.rejected >= 1 && list.cases.every((x) => x.open === false), JSON.stringify(list.counts));
  });
}
