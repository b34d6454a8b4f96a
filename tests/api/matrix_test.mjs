// Role × route × owner: each cell of the matrix is allowed or refused as the route's right and the role declare. It walks the
// route table itself: a route with a record in its path that this file does not know fails.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Client, check, holds, signedIn } from './harness.mjs';

// What each role may do, said once more and independently of the program.
const CLERK = ['case.create', 'case.read', 'case.decide', 'ticket.serve', 'cash'];
const ROLES = {
  clerk: CLERK,
  supervisor: ['case.read', 'case.decide', 'case.move', 'case.migrate', 'case.stuck', 'ratings', 'board'],
  legal: ['case.read', 'case.migrate'],
  admin: ['system.admin', 'desk.admin', 'user.admin', 'pack.admin', 'case.stuck'],
};
const OFFICES = ['demo-county', 'second-county'];
const PEOPLE = {
  nobody: null,
  wang: { role: 'clerk', reaches: ['demo-county'] },
  zhao: { role: 'clerk', reaches: ['second-county'] },
  chen: { role: 'supervisor', reaches: OFFICES },
  zhou: { role: 'legal', reaches: OFFICES },
  admin: { role: 'admin', reaches: OFFICES },
};
// Whose a path's record is. `case`: an office's case. `other`: a record that this test does not make; then the role alone is looked at.
const OWNERS = [[/^\/(staff|api\/v1)\/cases\/\{id\}/, 'case']];
const OTHER = [
  '/staff/admin/users/{login}', '/staff/admin/packs/{service}',
  '/staff/desk/{ticket}', '/api/v1/queues/{id}', '/api/v1/tickets/{id}', '/api/v1/counters/{id}', '/staff/tickets/{id}', // of the hall: room desk looks at the office
  '/api/v1/receipts/{receipt}', '/staff/drawings/{hash}', // of no office, or found by chance only
];
const ABSENT = /\/(files|letters)\/\{no\}$|receipts/; // what is allowed may still not be there

// What the room asks for beyond the row's right, which is the widest of two.
const NARROWER = { 'POST /api/v1/cash-ups': ['cash', 'board'] };

const SAMPLE = { string: 'x', integer: 1, boolean: true, object: {}, list: [], any: 'x' };
const has = (person, route) => {
  const rights = NARROWER[`${route.method} ${route.path}`] ?? [route.right];
  return route.right === 'signed-in' || rights.some((right) => ROLES[person.role].includes(right));
};

function owner(route) {
  if (!route.path.includes('{')) return 'none';
  return OWNERS.find(([pattern]) => pattern.test(route.path))?.[1] ?? (OTHER.some((p) => route.path.startsWith(p)) ? 'other' : null);
}

function request(route, id, name) {
  const path = route.path.replace('{id}', id).replace('{no}', '0').replace(/\{\w+\}/, 'none');
  const headers = { 'idempotency-key': randomUUID(), 'if-match': '999999' };
  if (route.method === 'GET' || route.method === 'DELETE') return [path, { headers: route.method === 'GET' ? {} : headers }];
  if (route.api) return [path, { headers, json: Object.fromEntries(Object.entries(route.body).map(([k, type]) => [k, k === 'to' ? name : SAMPLE[type]])) }];
  const form = new URLSearchParams({ version: '999999', key: randomUUID(), reason: 'x', id, case: id, what: 'incident', thing: 'x' });
  return [path, { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }];
}

/** What a cell must answer: 'in' (anything but a refusal), or the refusing statuses. */
function wanted(route, person, office) {
  if (!person) return [401];
  if (!has(person, route)) return [403];
  if (office && !person.reaches.includes(office)) return [404];
  return 'in';
}

function fits(route, status, want) {
  if (want !== 'in') return want.includes(status);
  if (status === 404) return ABSENT.test(route.path);
  return status !== 401 && status !== 403 && status < 500;
}

export default async function (server, binary) {
  const rows = execFileSync(join(dirname(binary), 'tests/route_rows'), { encoding: 'utf8' }).trim().split('\n').map((l) => JSON.parse(l));
  const staff = rows.filter((r) => r.right !== 'public' && !/sign-out|sessions|\/events$/.test(r.path));
  const people = {};
  for (const name of Object.keys(PEOPLE)) people[name] = PEOPLE[name] ? await signedIn(server, name) : new Client(server);
  const cases = {};
  for (const [name, office] of [['wang', 'demo-county'], ['zhao', 'second-county']]) {
    const made = await people[name].create({ violationCode: '1039', plate: `m${name}1`, historyVerified: true });
    holds(made.status === 201, `a case of ${office}: ${made.status} ${made.text}`);
    cases[office] = made.json.id;
  }
  let cells = 0;
  await check('matrix: every route with a record in its path is known', () => {
    const unknown = staff.filter((r) => owner(r) === null).map((r) => `${r.method} ${r.path}`);
    holds(unknown.length === 0, `say whose record it is, in matrix_test.mjs: ${unknown.join(', ')}`);
  });
  for (const [name, person] of Object.entries(PEOPLE)) {
    await check(`matrix: ${name}`, async () => {
      const wrong = [];
      for (const route of staff) {
        for (const office of owner(route) === 'case' ? OFFICES : ['']) {
          const [path, options] = request(route, office ? cases[office] : 'none', name);
          if (!route.api && route.method === 'POST') options.headers.origin = server.url;
          const { status } = await people[name].call(route.method, path, options);
          const want = wanted(route, person, office);
          cells++;
          if (owner(route) !== 'case' && status === 404 && want === 'in') continue;
          if (!fits(route, status, want)) wrong.push(`${route.method} ${path} (${office || 'no office'}): ${status}, wanted ${want}`);
        }
      }
      holds(wrong.length === 0, `\n  ${wrong.join('\n  ')}`);
    });
  }
  await check('matrix: a case that is nobody\'s is not found, whoever asks', async () => {
    for (const name of ['wang', 'chen', 'zhou']) holds((await people[name].get('/api/v1/cases/c0000000000000')).status === 404, name);
  });
  await check('matrix: some hundreds of cells were looked at', () => holds(cells > 200, `only ${cells}`));
}
