// Signing in, signing out, and what a stranger gets.
import { Client, check, equal, holds, problem, signedIn } from './harness.mjs';

export default async function (server) {
  const stranger = new Client(server);
  const { user, password } = server.logins.wang;

  await check('health', async () => {
    const r = await stranger.get('/healthz');
    equal([r.status, r.json], [200, { status: 'ok' }]);
  });
  await check('sign in: 204 and a hidden cookie', async () => {
    const r = await stranger.post('/api/v1/sessions', { user, password });
    equal(r.status, 204);
    const cookie = r.headers.get('set-cookie');
    holds(/^yc_session=[\w-]{43};/.test(cookie), cookie);
    for (const word of ['HttpOnly', 'SameSite=Lax', 'Path=/']) holds(cookie.includes(word), `${word}: ${cookie}`);
  });
  await check('wrong password and unknown user look the same', async () => {
    const a = await stranger.post('/api/v1/sessions', { user, password: 'x' });
    const b = await stranger.post('/api/v1/sessions', { user: 'nobody', password: 'x' });
    problem(a, 401);
    problem(b, 401);
    equal(a.json, b.json);
  });
  await check('sign in: members', async () => {
    problem(await stranger.post('/api/v1/sessions', { user }), 422, 'password');
    problem(await stranger.post('/api/v1/sessions', { user, password: 1 }), 422, 'password');
    problem(await stranger.post('/api/v1/sessions', { user, password, role: 'admin' }), 422, 'role');
  });
  await check('no session: 401 wherever a right is needed', async () => {
    const headers = { 'idempotency-key': 'k', 'if-match': '1' };
    problem(await stranger.get('/api/v1/cases'), 401);
    problem(await stranger.get('/api/v1/cases/x'), 401);
    problem(await stranger.post('/api/v1/cases', {}), 401);
    problem(await stranger.post('/api/v1/cases/x/actions/adopt', undefined, headers), 401);
    problem(await stranger.get('/api/v1/cases/x/letters/1'), 401);
    problem(await stranger.call('DELETE', '/api/v1/sessions'), 401);
    const forged = new Client(server);
    forged.cookie = `yc_session=${'A'.repeat(43)}`;
    problem(await forged.get('/api/v1/cases'), 401);
  });
  await check('sign out ends the session', async () => {
    const wang = await signedIn(server, 'wang');
    equal((await wang.get('/api/v1/cases')).status, 200);
    const r = await wang.call('DELETE', '/api/v1/sessions');
    equal(r.status, 204);
    holds(/Max-Age=0/.test(r.headers.get('set-cookie')), 'cookie removed');
    problem(await wang.get('/api/v1/cases'), 401);
  });
  await check('roles: who may do what', async () => {
    const inputs = { violationCode: '1039' };
    const [wang, legal, admin] = await Promise.all(['wang', 'zhou', 'admin'].map((n) => signedIn(server, n)));
    const made = (await wang.create(inputs)).json;
    problem(await legal.create(inputs), 403);
    problem(await legal.act(made.id, 'adopt', made.version), 403);
    equal((await legal.get(`/api/v1/cases/${made.id}`)).status, 200);
    problem(await admin.get('/api/v1/cases'), 403);
  });
  await check('after ten wrong passwords: 429 and a time to wait, even for the right one', async () => {
    const { user: name, password: right } = server.logins.li; // nobody else here has mistaken his password
    for (let i = 0; i < 10; i++) problem(await stranger.post('/api/v1/sessions', { user: name, password: `x${i}` }), 401);
    const r = await stranger.post('/api/v1/sessions', { user: name, password: right });
    problem(r, 429);
    holds(Number(r.headers.get('retry-after')) > 0, 'Retry-After');
  });
}
