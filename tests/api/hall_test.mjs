// The hall over HTTP: tickets, calls, the wall's events, also across a restart of the server. A hall of its own office, so
// that other suites are not in the way.
import { randomUUID } from 'node:crypto';
import { Client, check, equal, holds, problem, signedIn, startServer, temporaryFolder } from './harness.mjs';

const OFFICE = 'demo-county';
const key = () => ({ 'idempotency-key': randomUUID() });
const take = (client, queue, headers = key()) => client.post('/api/v1/tickets', { office: OFFICE, queue }, headers);

/** Follows a wall: pictures as they come. stop() ends it. */
function watch(server) {
  const end = new AbortController(), pictures = [], waiting = [];
  const told = (picture) => { pictures.push(picture); for (const w of waiting) w(); };
  const done = (async () => {
    const answer = await fetch(`${server.url}/display/${OFFICE}/events`, { signal: end.signal });
    equal(answer.headers.get('content-type'), 'text/event-stream');
    let text = '';
    for await (const bytes of answer.body) {
      text += Buffer.from(bytes).toString();
      for (let at; (at = text.indexOf('\n\n')) >= 0; text = text.slice(at + 2)) {
        const event = text.slice(0, at);
        if (event.startsWith('event: hall\n')) told(JSON.parse(event.slice(event.indexOf('data: ') + 6)));
      }
    }
  })().catch(() => undefined);
  const until = (holdsNow, ms) => new Promise((yes, no) => {
    const timer = setTimeout(() => no(new Error(`not within ${ms} ms: ${JSON.stringify(pictures.at(-1)?.calls)}`)), ms);
    const look = () => { if (pictures.some(holdsNow)) { clearTimeout(timer); yes(); } };
    waiting.push(look);
    look();
  });
  return { pictures, until, done, stop: () => { end.abort(); return done; } };
}

export default async function (server, binary) {
  const visitor = new Client(server), wang = await signedIn(server, 'wang'), chen = await signedIn(server, 'chen');

  await check('a number is taken once for one key', async () => {
    const press = key();
    const [one, two] = [await take(visitor, 'licence', press), await take(visitor, 'licence', press)];
    equal([one.status, one.json.ticket.label], [201, 'A01']);
    equal(two.json, one.json);
    problem(await visitor.post('/api/v1/tickets', { office: OFFICE, queue: 'licence' }), 400);
    problem(await take(visitor, 'nothing'), 422, 'queue');
    problem(await take(visitor, 'booked'), 422, 'queue');
    problem(await visitor.get('/api/v1/queues?office=none'), 404);
  });
  await check('call, arrive, finish; a version that is old is refused', async () => {
    problem(await wang.post('/api/v1/queues/all/call-next', {}, key()), 409);
    equal((await wang.post('/api/v1/counters/w1/actions/sit', {}, key())).status, 200);
    const called = (await wang.post('/api/v1/queues/all/call-next', {}, key())).json;
    equal([called.state, called.ticket.label], ['called', 'A01']);
    const act = (name, version, body = {}) => wang.post(`/api/v1/tickets/${called.id}/actions/${name}`, body, { ...key(), 'if-match': String(version) });
    problem(await act('arrive', 1), 412);
    equal((await act('arrive', called.version)).json.state, 'serving');
    problem(await act('dance', called.version + 1), 404);
    equal((await act('finish', called.version + 1)).json.state, 'served');
    equal((await wang.post('/api/v1/queues/licence/call-next', {}, key())).json.id, null);
  });
  await check('anybody sees numbers, nobody sees who called them', async () => {
    const shown = await visitor.get(`/api/v1/displays/${OFFICE}`), queues = await visitor.get(`/api/v1/queues?office=${OFFICE}`);
    holds(!/wang|clerk"/.test(shown.text + queues.text), 'no clerk');
    problem(await visitor.get('/api/v1/counters'), 401);
    problem(await visitor.get('/api/v1/tickets/c0000000000001'), 401);
  });
  await check('a ticket is read by its code and given back by it', async () => {
    const taken = (await take(visitor, 'vehicle')).json;
    const look = await visitor.get(`/api/v1/tickets/by-code/${taken.code}`);
    equal([look.json.label, look.json.state, look.json.ahead, look.json.minutes], ['B01', 'waiting', 0, null]);
    problem(await visitor.get('/api/v1/tickets/by-code/0000-0000-0000-1'), 404);
    const page = await visitor.get(`/tickets/${taken.code}`);
    const form = /name="key" value="(\w+)"/.exec(page.text)[1];
    const back = await visitor.call('POST', `/tickets/${taken.code}`, { body: `key=${form}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    equal(back.status, 303);
    equal((await visitor.get(`/api/v1/tickets/by-code/${taken.code}`)).json.state, 'cancelled');
  });
  await check('a kiosk press that is sent twice is one ticket', async () => {
    const kiosk = await visitor.get(`/kiosk/${OFFICE}`);
    const press = { body: `queue=violation&key=${/name="key" value="(\w+)"/.exec(kiosk.text)[1]}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const [one, two] = [await visitor.call('POST', `/kiosk/${OFFICE}`, press), await visitor.call('POST', `/kiosk/${OFFICE}`, press)];
    equal([one.status, two.headers.get('location')], [303, one.headers.get('location')]);
    holds((await visitor.get(one.headers.get('location'))).text.includes('C01'), 'the slip');
  });
  await check('the wall hears of a call within a second', async () => {
    const wall = watch(server);
    await wall.until(() => true, 2000);
    const called = (await wang.post('/api/v1/queues/all/call-next', {}, key())).json;
    await wall.until((p) => p.calls.some((c) => c.label === called.ticket.label && c.counter === 1), 1000);
    await wall.stop();
  });
  await check('closing a queue tells those who wait', async () => {
    const waits = (await take(visitor, 'vehicle')).json;
    const close = { office: OFFICE, waiting: 'away', reason: '停电', text: { zh: '请明天再来', en: 'Please come tomorrow' } };
    problem(await wang.post('/api/v1/queues/vehicle/actions/close', close, key()), 403);
    equal((await chen.post('/api/v1/queues/vehicle/actions/close', close, key())).json.state, 'closed');
    const look = (await visitor.get(`/api/v1/tickets/by-code/${waits.code}`)).json;
    equal([look.state, look.closed.en], ['cancelled', 'Please come tomorrow']);
    problem(await take(visitor, 'vehicle'), 409);
    equal((await chen.post('/api/v1/queues/vehicle/actions/reopen', { office: OFFICE }, key())).json.state, 'open');
  });
  await check('a server that starts again shows the hall as it was, within a second', async () => {
    const dir = temporaryFolder();
    let other = await startServer(binary, dir);
    const li = await signedIn(other, 'li');
    await take(new Client(other), 'licence');
    await li.post('/api/v1/counters/w2/actions/sit', {}, key());
    await li.post('/api/v1/queues/all/call-next', {}, key());
    const wall = watch(other);
    await wall.until((p) => p.calls[0]?.label === 'A01', 2000);
    equal((await other.stop()).code, 0); /* a watched server ends at once all the same */
    await wall.done;
    other = await startServer(binary, dir);
    const again = watch(other);
    await again.until((p) => p.calls[0]?.label === 'A01' && p.calls[0].counter === 2, 1000);
    await again.stop();
    await other.stop();
  });
}
