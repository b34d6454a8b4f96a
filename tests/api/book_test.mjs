// Appointments as a program sees them: a key holds one time, a code opens one appointment, nobody's name is told.
import { Client, check, equal, holds } from './harness.mjs';

const PLACE = 'service=licence-renewal&office=demo-county';

export default async function book(server) {
  const anybody = new Client(server);
  const post = (path, json, key) => anybody.call('POST', path, { json, headers: { 'Idempotency-Key': key } });
  const firstFree = async () => {
    const { days } = (await anybody.get(`/api/v1/availability?${PLACE}`)).json;
    const { date } = days.findLast((day) => day.free > 0);
    return (await anybody.get(`/api/v1/slots?${PLACE}&date=${date}`)).json.slots[0].start;
  };
  await check('availability: which offices, which days, how long', async () => {
    const { json } = await anybody.get(`/api/v1/availability?${PLACE}`);
    equal(json.offices.map((o) => o.office), ['demo-county', 'demo-post'], 'offices');
    equal(json.days.length, 14, 'days');
    equal(json.minutes, 12, 'minutes');
    equal((await anybody.get('/api/v1/availability?service=none')).json.offices, [], 'of no service');
    equal((await anybody.get('/api/v1/availability?service=none&office=demo-county')).status, 404, 'status');
    equal((await anybody.get(`/api/v1/slots?${PLACE}&date=tomorrow`)).status, 422, 'no date');
  });
  await check('a double click books once (field bug)', async () => {
    const body = { service: 'licence-renewal', office: 'demo-county', start: await firstFree() };
    const [one, two] = await Promise.all([post('/api/v1/appointments', body, 'twice-1'), post('/api/v1/appointments', body, 'twice-1')]);
    equal([one.status, two.status], [201, 201], 'status');
    equal(one.json.code, two.json.code, 'code');
    equal((await post('/api/v1/appointments', { ...body, start: body.start + 900e6 }, 'twice-1')).status, 422, 'the key again');
    equal((await anybody.call('POST', '/api/v1/appointments', { json: body })).status, 400, 'without a key');
  });
  await check('nobody books without the code that was sent (field bug: check bypassed)', async () => {
    const { json: held } = await post('/api/v1/appointments', { service: 'licence-renewal', office: 'demo-county', start: await firstFree() }, 'bypass-1');
    const at = `/api/v1/appointments/${held.code}`;
    equal((await post(`${at}/actions/confirm`, { confirm: '000000' }, 'bypass-2')).status, 409, 'nobody said who comes');
    equal((await post(`${at}/actions/details`, { name: '李某', person: '530000199001010033', phone: '1' }, 'bypass-3')).status, 422, 'telephone');
    equal((await post(`${at}/actions/details`, { name: '李某', person: '530000199001010033', phone: '13800000003' }, 'bypass-4')).status, 200, 'told');
    equal((await post(`${at}/actions/confirm`, { confirm: 'x' }, 'bypass-5')).status, 403, 'wrong code');
    equal((await post(`${at}/actions/check-in`, undefined, 'bypass-6')).status, 409, 'unconfirmed is not called (field bug)');
    const { json, text } = await anybody.get(at);
    equal(json.state, 'held', 'state');
    holds(!text.includes('李某') && !text.includes('13800000003') && !text.includes('530000'), text);
    equal((await post(`${at}/actions/cancel`, undefined, 'bypass-7')).json.state, 'cancelled', 'given back');
  });
  await check('who serves sees the day, and only he', async () => {
    equal((await anybody.get('/api/v1/appointments')).status, 401, 'anybody');
    equal((await anybody.get('/api/v1/appointments/0000-0000-0000-0')).status, 404, 'an invented code');
    equal((await anybody.get('/api/v1/appointments/none')).status, 400, 'no code');
  });
}
