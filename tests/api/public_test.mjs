// What anybody may ask: pre-checks, services, the API's own description.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Client, SERVICE, check, equal, holds, problem, signedIn } from './harness.mjs';

export default async function (server) {
  const anybody = new Client(server);
  const precheck = (inputs) => anybody.post(`/api/v1/pre-checks/${SERVICE}`, { inputs });

  await check('pre-check: outcome, rules with articles, trace', async () => {
    const r = await precheck({ violationCode: '1039', historyVerified: true });
    equal([r.status, r.json.outcome], [200, 'WARNING']);
    const d5 = r.json.rules.find((x) => x.rule === 'D5');
    equal(d5.table, 'D');
    holds(d5.articles.includes('rtsl:90'), JSON.stringify(d5));
    holds(r.json.trace, 'trace');
  });
  await check('pre-check: the outcomes of the tables', async () => {
    const first = { violationCode: '1039', historyVerified: true };
    const rows = [
      [{ ...first, detection: 'camera', evidenceOk: false }, 'ERASED', 'A1'],
      [{ ...first, daysSinceAct: 731 }, 'NO_PENALTY', 'A3'],
      [{ ...first, age: 13 }, 'NO_PENALTY', 'B1'],
      [{ ...first, historyVerified: false }, 'WARNING_PROVISIONAL', 'D6'],
      [{ ...first, priorVehicle: 1 }, 'ORDINARY', 'D7'],
      [{ ...first, detection: 'on_scene', corrected: true }, 'ORAL_WARNING', 'D2'],
      [{ violationCode: '9999' }, 'OFFICER_CONSIDERS', 'D8'],
      [{ ...first, listVersion: 'replay-sample' }, 'WARNING', 'D5'],
    ];
    for (const [inputs, outcome, rule] of rows) {
      const r = await precheck(inputs);
      equal(r.json?.outcome, outcome, `${rule} ${r.text.slice(0, 200)}`);
      holds(r.json.rules.some((x) => x.rule === rule), `${rule}: ${JSON.stringify(r.json.rules)}`);
    }
  });
  await check('pre-check of a service with questions: result, checklist, fee, days', async () => {
    const ask = (inputs) => anybody.post('/api/v1/pre-checks/vehicle-licence-replace', { inputs });
    const r = await ask({ applicantType: 'resident', lostOrDamaged: 'damaged', registeredHere: 'yes' });
    equal([r.status, r.json.result, r.json.eligible], [200, 'EXCHANGE', true]);
    equal(r.json.checklist.map((line) => line.id), ['id-resident', 'vehicle-licence-damaged']);
    equal([r.json.fee.fen, r.json.fee.items[0].checked_by], [1000, '']);
    equal(r.json.clocks.map((c) => c.statutory), [{ n: 5, unit: 'working' }, { n: 1, unit: 'working' }]);
    problem(await ask({ applicantType: 'resident', personName: 'x' }), 422, 'personName');
  });
  await check('pre-check: every input is checked by name', async () => {
    const rows = [['violationCode', 1039], ['listVersion', 1], ['at', '2026-02-30T08:00:00'], ['at', 'yesterday'], ['roadClass', 'river'], ['vehicleUse', 'boat'],
      ['detection', 'dream'], ['corrected', 'true'], ['evidenceOk', 1], ['priorVehicle', '0'], ['priorVehicle', -1], ['age', -1], ['daysSinceAct', 1.5], ['fine', true],
      ['unknownKey', 1]];
    for (const [key, value] of rows) problem(await precheck({ violationCode: '1039', [key]: value }), 422, key);
    problem(await precheck({}), 422, 'violationCode');
  });
  await check('pre-check: dates with and without offset are taken', async () => {
    for (const at of ['2026-11-16T08:42', '2026-11-16T08:42:10', '2026-11-16T08:42:10+08:00', '2026-11-16T00:42:10Z'])
      equal((await precheck({ violationCode: '1039', at })).status, 200, at);
  });
  await check('pre-check stores nothing', async () => {
    const wang = await signedIn(server, 'wang');
    const before = (await wang.get('/api/v1/cases?find=v70077')).json;
    equal((await precheck({ violationCode: '1039', plate: 'v70077' })).status, 200);
    equal((await wang.get('/api/v1/cases?find=v70077')).json, before);
  });
  await check('pre-check of an unknown service: 404', async () => {
    problem(await anybody.post('/api/v1/pre-checks/nix', { inputs: {} }), 404);
  });
  await check('services', async () => {
    const r = await anybody.get('/api/v1/services');
    const s = r.json.services.find((x) => x.id === SERVICE);
    equal(s.status, 'sample');
    holds(s.title.zh && s.title.en && s.version, r.text);
  });
  await check('OpenAPI describes the routes and is asked for by nobody in vain', async () => {
    const doc = (await anybody.get('/api/v1/openapi.json')).json;
    holds(doc.openapi.startsWith('3.1'), doc.openapi);
    const adopt = doc.paths['/api/v1/cases/{id}/actions/adopt'].post;
    equal(adopt.parameters.map((p) => p.name), ['id', 'Idempotency-Key', 'If-Match']);
    for (const status of ['200', '400', '401', '403', '404', '409', '412', '422', '428']) holds(adopt.responses[status], status);
    for (const [path, methods] of Object.entries(doc.paths)) {
      if (path.includes('{') || !methods.get) continue;
      holds((await anybody.get(path)).status < 500, path);
    }
  });
  await check('a language without words of its own falls back, and is remembered', async () => {
    for (const [asked, lang] of [['lo', 'en'], ['my', 'en'], ['khb', 'zh-CN'], ['zh', 'zh-CN']]) {
      const r = await anybody.get(`/?lang=${asked}`);
      holds(r.text.includes(`<html lang="${lang}">`), `${asked}: ${r.text.slice(0, 60)}`);
      holds(r.headers.get('set-cookie').startsWith(`yc_lang=${asked};`), r.headers.get('set-cookie'));
    }
    holds((await anybody.get('/', { 'Accept-Language': 'lo-LA, zh;q=0.5' })).text.includes('<html lang="en">'), 'Accept-Language');
    holds((await anybody.get('/?lang=xx')).text.includes('<html lang="zh-CN">'), 'no such language');
  });
  await check('the committed types are those of the route table', async () => {
    const input = (await anybody.get('/api/v1/openapi.json')).text;
    const made = execFileSync('node', ['tools/api-types.mjs'], { input }).toString();
    equal(readFileSync('web/shared/api.d.ts', 'utf8') === made, true, 'make them again: tools/api-types.mjs < openapi.json > web/shared/api.d.ts');
  });
}
