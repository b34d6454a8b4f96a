// One network address may not look up codes, try pre-checks and begin drafts without end: it is told when to go on,
// and loses nothing. Behind a proxy that is named at the start, each client has a pace of its own.
import { Client, SERVICE, check, equal, holds, problem, startServer, temporaryFolder } from './harness.mjs';

export default async function (_, binary) {
  const server = await startServer(binary, temporaryFolder(), { args: ['--pace', '10', '--client-header', 'X-Forwarded-For'] });
  const anybody = new Client(server);
  const from = (address) => ({ 'x-forwarded-for': `203.0.113.9, ${address}` });
  const look = (address, more = {}) => anybody.get('/api/v1/tracking/0000-0000-0000-0', { ...from(address), ...more });
  const spend = async (address) => { for (let i = 0; i < 20; i++) equal((await look(address)).status < 429, true, `look-up ${i}`); };

  await check('pace: what is above it is refused with the seconds to wait; another client goes on', async () => {
    await spend('192.0.2.1');
    const r = await look('192.0.2.1');
    problem(r, 429);
    const wait = Number(r.headers.get('retry-after'));
    holds(wait >= 1 && wait <= 6, `Retry-After ${wait}`);
    holds(r.json.detail.includes(`${wait} seconds`), r.text);
    holds((await look('192.0.2.1', { 'accept-language': 'zh' })).json.title === '请求次数过多', 'in Chinese');
    equal((await look('192.0.2.2')).status < 429, true, 'another client');
  });
  await check('pace: a draft costs more, and the /64 of an IPv6 address is one client', async () => {
    const begin = (address) => anybody.post('/api/v1/drafts', { service: 'vehicle-licence-replace' }, from(address));
    equal([(await begin('2001:db8:1:2::1')).status, (await begin('2001:db8:1:2::2')).status], [201, 201]);
    problem(await begin('2001:db8:1:2::3'), 429);
    equal((await begin('2001:db8:1:3::3')).status, 201);
  });
  await check('pace: pages and the sign-in of staff have none', async () => {
    for (let i = 0; i < 30; i++) equal((await anybody.get('/services', from('192.0.2.1'))).status, 200);
  });
  await check('pace: the page says so in both languages, shows what was typed and sends it again', async () => {
    await spend('192.0.2.5');
    const typed = new URLSearchParams({ violationCode: '1039', place: '<b>大渡岗' }).toString();
    for (const [lang, words] of [['zh', '请等一等'], ['en', 'Please wait a moment']]) {
      const r = await anybody.call('POST', `/pre-check/${SERVICE}?lang=${lang}`, { body: typed, headers: { ...from('192.0.2.5'), 'content-type': 'application/x-www-form-urlencoded' } });
      equal(r.status, 429);
      for (const part of [words, '1039', 'name="place" value="&lt;b&gt;大渡岗"', `action="/pre-check/${SERVICE}?lang=${lang}"`]) holds(r.text.includes(part), `${part} in ${r.text}`);
    }
    const again = await anybody.get('/track/0000-0000-0000-0?lang=en', from('192.0.2.5'));
    holds(again.status === 429 && again.text.includes('href="/track/0000-0000-0000-0?lang=en"'), again.text);
  });
  await check('pace: this machine itself has none, and what is no number is refused', async () => {
    const all = await Promise.all(Array.from({ length: 60 }, () => anybody.get('/api/v1/tracking/0000-0000-0000-0')));
    equal(all.every((r) => r.status < 429), true);
    let refused = false;
    await startServer(binary, temporaryFolder(), { args: ['--pace', 'fast'] }).catch((e) => { refused = /ended with 2/.test(e.message); });
    holds(refused, 'ends with 2');
  });
  await check('pace: 0 is no limit, and at the usual one a hall of 512 behind one address is served', async () => {
    for (const args of [['--pace', '0'], []]) {
      const usual = await startServer(binary, temporaryFolder(), { args: [...args, '--client-header', 'X-Forwarded-For'] });
      const one = () => new Client(usual).post('/api/v1/drafts', { service: 'vehicle-licence-replace' }, from('192.0.2.1'));
      const hall = await Promise.all(Array.from({ length: 512 }, one));
      equal(hall.filter((r) => r.status !== 201).length, 0);
      await usual.stop();
    }
  });
  await server.stop();
}
