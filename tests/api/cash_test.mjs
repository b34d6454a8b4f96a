// Fees by the API: due, paid once, receipts, given back by another, the drawer counted; a provider that answers later.
import * as crypto from 'node:crypto';
import { Client, check, equal, holds, problem, signedIn } from './harness.mjs';

const ANSWERS = { applicantType: 'resident', personName: '岩温', personId: '532801199001011234', phone: '13800000000', term: '6',
  validTo: '2027-01-10', fullMarks: 'no', carClass: 'ordinary', issuedHere: 'yes' };
const AGENT = { name: '玉罕', id_kind: 'id-card', id_number: '532801199202025678', basis: '委托书' };

export default async function (server) {
  const [wang, zhao, chen] = await Promise.all(['wang', 'zhao', 'chen'].map((n) => signedIn(server, n)));
  const open = async (more = {}) => (await wang.post('/api/v1/cases', { service: 'licence-renewal', inputs: ANSWERS, ...more })).json;
  const fees = async (who, c) => (await who.get(`/api/v1/fees?case=${c.id}`)).json;

  await check('pay: once though sent twice; the receipt can be found', async () => {
    const c = await open();
    equal((await fees(wang, c)).due, 1000);
    const key = crypto.randomUUID();
    const first = await wang.act(c.id, 'pay', c.version, { method: 'cash', fen: 1000, counter: 'w1' }, key);
    const second = await wang.act(c.id, 'pay', c.version, { method: 'cash', fen: 1000, counter: 'w1' }, key);
    equal([first.status, second.status, first.text], [200, 200, second.text]);
    const after = await fees(wang, c);
    equal([after.due, after.payments.length], [0, 1]);
    const receipt = await wang.get(`/api/v1/receipts/${after.payments[0].receipt}`);
    equal([receipt.status, receipt.json.fen, receipt.json.case], [200, 1000, c.id]);
    problem(await zhao.get(`/api/v1/receipts/${after.payments[0].receipt}`), 404);
    problem(await wang.act(c.id, 'pay', first.json.version, { method: 'cash' }), 409);
  });
  await check('refund: a supervisor, once, with a reason', async () => {
    const c = await open();
    const paid = (await wang.act(c.id, 'pay', c.version, { method: 'qr', counter: 'w1' })).json;
    problem(await wang.act(c.id, 'refund', paid.version, { payment: 1, reason: 'x' }), 403);
    problem(await chen.act(c.id, 'refund', paid.version, { payment: 1, reason: '' }), 422);
    const back = await chen.act(c.id, 'refund', paid.version, { payment: 1, reason: '收重了' });
    equal(back.status, 200);
    problem(await chen.act(c.id, 'refund', back.json.version, { payment: 1, reason: '再退' }), 409);
    holds((await fees(wang, c)).payments[0].refund.receipt, 'the refund has a receipt of its own');
  });
  await check('cash-up: the difference needs a reason; a closed drawer takes nothing more', async () => {
    const mine = (await wang.get('/api/v1/cash-ups')).json.cash_ups.find((d) => d.counter === 'w1');
    const counted = { cash: mine.expected.cash - 100, card: mine.expected.card, qr: mine.expected.qr };
    problem(await wang.post('/api/v1/cash-ups', { counter: 'w1', counted }), 422);
    equal((await wang.post('/api/v1/cash-ups', { counter: 'w1', counted, reason: '找错' })).status, 204);
    equal((await wang.post('/api/v1/cash-ups', { counter: 'w1', counted, reason: '找错' })).status, 204, 'pressed twice');
    problem(await zhao.post('/api/v1/cash-ups', { office: 'demo-county', clerk: 'wang', counter: 'w1', counted }), 403);
    const c = await open();
    equal((await wang.act(c.id, 'pay', c.version, { method: 'cash', counter: 'w1' })).status, 200);
    const again = (await chen.get('/api/v1/cash-ups')).json.cash_ups.find((d) => d.clerk === 'wang' && d.counter === 'w1');
    equal([again.closed, again.difference, again.payments], [true, -100, mine.payments]);
    problem(await wang.get('/api/v1/cash-ups?day=yesterday'), 422);
  });
  await check('a provider is asked by the code, and what is on its way is not taken twice', async () => {
    const c = await open();
    const resident = new Client(server);
    const headers = () => ({ 'idempotency-key': crypto.randomUUID(), 'if-match': String(c.version) });
    const asked = await resident.post(`/api/v1/tracking/${c.tracking_code}/actions/pay`, { method: 'online', fen: 1000 }, headers());
    equal(asked.status, 200);
    problem(await wang.act(c.id, 'pay', asked.json.version, { method: 'cash' }), 409);
    equal((await fees(wang, c)).payments[0].state, 'created');
    problem(await resident.post(`/api/v1/tracking/${c.tracking_code}/actions/pay`, { method: 'cash' }, { ...headers(), 'if-match': String(asked.json.version) }), 422);
  });
  await check('an agent is part of the case, his number masked; seen and noted', async () => {
    const c = await open({ agent: AGENT, identified: 'card-seen' });
    problem(await wang.post('/api/v1/cases', { service: 'licence-renewal', inputs: ANSWERS, agent: { ...AGENT, basis: '' } }), 422);
    const seen = await wang.act(c.id, 'see', c.version, { seen: ['medical'] });
    equal(seen.status, 200);
    equal((await wang.act(c.id, 'note', seen.json.version, { text: '照片明天补来' })).status, 200);
    const track = await new Client(server).get(`/api/v1/tracking/${c.tracking_code}`);
    equal([track.json.agent.id_number, track.json.identified, track.json.notes[0].text], ['5328**********5678', 'card-seen', '照片明天补来']);
  });
}
