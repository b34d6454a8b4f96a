// An administrator's page over HTTP: a new user, his first password, a right that is given and taken while he is signed in.
import { Client, check, equal, holds, problem, signedIn } from './harness.mjs';

const send = (client, path, fields) => client.call('POST', path, { body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: client.server.url } });

export default async function (server) {
  const admin = await signedIn(server, 'admin');
  const he = new Client(server);
  let password = '';

  await check('admin: a new user gets a password that is shown once', async () => {
    const r = await send(admin, '/staff/admin?lang=en', { do: 'add_user', subject: 'he', name_zh: '何', name_en: 'He', office: 'demo-county', role: 'clerk' });
    password = /<code class="code">([0-9A-Z-]{14})<\/code>/.exec(r.text)?.[1] ?? '';
    equal([r.status, password.length], [200, 14]);
    holds(!(await admin.get('/staff/admin/users/he')).text.includes(password), 'shown again');
  });
  await check('admin: the first password opens nothing but its change', async () => {
    server.logins.he = { user: 'he', password };
    await he.signIn('he');
    problem(await he.get('/api/v1/cases'), 403);
    const page = await he.get('/staff/cases');
    equal([page.status, page.headers.get('location')], [303, '/staff/password']);
    equal((await send(he, '/staff/password', { old: password, fresh: 'short', again: 'short' })).status, 422);
    equal((await send(he, '/staff/password', { old: password, fresh: 'a long one of my own', again: 'another long one' })).status, 422);
    const r = await send(he, '/staff/password', { old: password, fresh: 'a long one of my own', again: 'a long one of my own' });
    equal(r.status, 303);
    server.logins.he.password = 'a long one of my own';
    await he.signIn('he');
    equal((await he.get('/api/v1/cases')).status, 200);
  });
  await check('session keeps no rights after a role change', async () => {
    equal((await he.get('/staff/ratings')).status, 403);
    equal((await send(admin, '/staff/admin/users/he', { do: 'grant', version: '2', what: 'supervisor', office: 'demo-county', below: '1' })).status, 303);
    equal((await he.get('/staff/ratings')).status, 200);
    equal((await send(admin, '/staff/admin/users/he', { do: 'revoke', version: '3', no: '3' })).status, 303);
    equal((await he.get('/staff/ratings')).status, 403);
  });
  await check('admin: an old view of a user changes nothing', async () => {
    equal((await send(admin, '/staff/admin/users/he', { do: 'revoke', version: '3', no: '1' })).status, 422);
    equal((await he.get('/api/v1/cases')).status, 200);
  });
  await check('disabled user with an open session, and a case', async () => {
    const chen = await signedIn(server, 'chen');
    equal((await send(admin, '/staff/admin/users/he', { do: 'grant', version: '4', what: 'case.decide', office: 'demo-county' })).status, 303);
    const c = (await (await signedIn(server, 'wang')).create({ violationCode: '1039', plate: 'v60001', historyVerified: true })).json;
    equal((await chen.act(c.id, 'assign', c.version, { to: 'he' })).status, 200);
    equal((await send(admin, '/staff/admin/users/he?lang=en', { do: 'disable', version: '5' })).status, 200); // only shown
    equal((await he.get('/api/v1/cases')).status, 200);
    equal((await send(admin, '/staff/admin/users/he', { do: 'disable', version: '5', reason: '调离', confirm: '1' })).status, 303);
    problem(await he.get('/api/v1/cases'), 401);
    problem(await he.post('/api/v1/sessions', server.logins.he), 401);
    delete server.logins.he;
    const { assignee, assignments } = (await chen.get(`/api/v1/cases/${c.id}`)).json;
    equal([assignee, assignments.at(-1).disabled, assignments.at(-1).note], [null, true, '调离']);
    holds((await chen.get(`/staff/cases/${c.id}?lang=en`)).text.includes('disabled the account of whoever had it'), 'said in the record');
  });
}
