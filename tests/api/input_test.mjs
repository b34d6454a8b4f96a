// Bad input of every kind gets its own clear refusal.
import { Client, SERVICE, check, equal, holds, problem, rawCall, signedIn } from './harness.mjs';

const MIB = 1024 * 1024;

export default async function (server) {
  const wang = await signedIn(server, 'wang');
  const path = `/api/v1/pre-checks/${SERVICE}`;
  const post = (body, headers = {}) => wang.call('POST', path, { body, headers: { 'content-type': 'application/json', ...headers } });

  await check('bad JSON: 400 with the position', async () => {
    const rows = [['{"inputs":', 10], ['{"inputs":{"a":01}}', 16], ['', 0], ['{"a":1,"a":2}', 7], ['{"inputs":{}} x', 14], ["{'a':1}", 1]];
    for (const [text, position] of rows) {
      const r = await post(text);
      problem(r, 400);
      holds(Math.abs(r.json.position - position) <= 3, `${text}: position ${r.json.position}`);
      holds(r.json.line === 1 && r.json.column >= 1, 'line and column');
    }
    problem(await post(Buffer.from('{"inputs":{"a":"\xff"}}', 'latin1')), 400);
  });
  await check('not an object, unknown or missing member: 422 by name', async () => {
    problem(await post('[]'), 422, '');
    problem(await post('{"inputs":{},"extra":1}'), 422, 'extra');
    problem(await post('{}'), 422, 'inputs');
    problem(await post('{"inputs":1}'), 422, 'inputs');
  });
  await check('another content type: 415', async () => {
    problem(await post('{}', { 'content-type': 'text/plain' }), 415);
    problem(await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415);
  });
  await check('too large: 413, with length or chunked, and the server goes on', async () => {
    problem(await post('x'.repeat(MIB + 1)), 413);
    problem(await post('x'.repeat(9 * MIB)), 413);
    const pieces = new ReadableStream({ start(c) { for (let i = 0; i < 20; i++) c.enqueue(new Uint8Array(100000)); c.close(); } });
    const r = await fetch(server.url + path, { method: 'POST', body: pieces, duplex: 'half', headers: { 'content-type': 'application/json' } });
    equal(r.status, 413);
    const line = (await rawCall(server, `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n`)).split('\r\n')[0];
    holds(line.includes(' 413 '), line);
    equal((await wang.get('/healthz')).status, 200);
  });
  await check('a body of just under 1 MiB is read', async () => {
    const r = await post(JSON.stringify({ inputs: { violationCode: '1039', defence: 'x'.repeat(MIB - 100) } }));
    problem(r, 422, 'defence');
  });
  await check('deep nesting is refused', async () => {
    const r = await post(`{"inputs":${'['.repeat(5000)}${']'.repeat(5000)}}`);
    holds(r.status === 400 || r.status === 413, `${r.status}`);
  });
  await check('wrong method: 405 with Allow; OPTIONS too', async () => {
    const rows = [['PUT', '/api/v1/cases', 'POST, GET, HEAD'], ['GET', path, 'POST'], ['OPTIONS', '/api/v1/cases', 'POST, GET, HEAD'],
      ['POST', '/healthz', 'GET, HEAD'], ['DELETE', '/api/v1/cases/x', 'GET, HEAD'], ['GET', '/api/v1/sessions', 'POST, DELETE']];
    for (const [method, where, allow] of rows) {
      const r = await wang.call(method, where);
      equal([r.status, r.headers.get('allow')], [405, allow], `${method} ${where}`);
    }
  });
  await check('HEAD answers as GET without a body', async () => {
    const [head, get] = [await wang.call('HEAD', '/api/v1/services'), await wang.get('/api/v1/services')];
    equal([head.status, head.text, head.headers.get('content-type')], [200, '', get.headers.get('content-type')]);
  });
  await check('unknown paths: 404', async () => {
    for (const p of ['/api/v1/nix', '/api/v1/cases/', '/api/v2/cases', '/api/v1/cases/%ff']) problem(await wang.get(p), 404);
    equal((await wang.get('/nix')).status, 404);
  });
  await check('another origin: 403; our own, or none: fine', async () => {
    const body = '{"inputs":{"violationCode":"1039"}}';
    for (const origin of ['http://evil.example', 'null', server.url.replace('http', 'https'), `${server.url}0`]) problem(await post(body, { origin }), 403);
    for (const site of ['cross-site', 'same-site']) {
      const text = await rawCall(server, `POST ${path} HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: ${site}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      holds(text.startsWith('HTTP/1.1 403'), text.slice(0, 40));
    }
    equal((await post(body, { origin: server.url })).status, 200);
    equal((await post(body)).status, 200);
  });
  await check('keys must be visible ASCII', async () => {
    const headers = (key) => ({ 'idempotency-key': key });
    for (const key of ['a b', 'x'.repeat(201)]) problem(await wang.create({ violationCode: '1039' }, headers(key)), 400);
  });
  await check('two framings, doubled headers, no Host: 400', async () => {
    const rows = ['Host: a\r\nContent-Length: 1\r\nContent-Length: 1', 'Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked',
      'Host: a\r\nIf-Match: 1\r\nIf-Match: 2', 'X: no host'];
    for (const headers of rows) {
      const text = await rawCall(server, `POST ${path} HTTP/1.1\r\n${headers}\r\n\r\n0\r\n\r\n`);
      holds(text.startsWith('HTTP/1.1 400'), `${headers}: ${text.slice(0, 40)}`);
    }
  });
  await check('long heads and targets are refused', async () => {
    const long = (await rawCall(server, `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(60000)}\r\n\r\n`)).split('\r\n')[0];
    holds(/ (431|400) /.test(long), long);
    equal((await wang.get(`/healthz?${'x'.repeat(5000)}`)).status, 414);
    problem(await wang.get(`/api/v1/cases/${'x'.repeat(5000)}`), 414);
  });
  await check('problems speak the reader\'s language', async () => {
    equal((await wang.get('/api/v1/cases/none', { 'accept-language': 'zh-CN' })).json.title, '没有找到');
    equal((await wang.get('/api/v1/cases/none', { 'accept-language': 'en' })).json.title, 'Not found');
    equal((await post('{"inputs":{}}')).json.detail, 'Enter Violation code');
    equal((await wang.get('/api/v1/cases/none')).json.title, 'Not found');
  });
  await check('every answer carries the policies', async () => {
    for (const p of ['/healthz', '/api/v1/cases', '/nix', '/api/v1/openapi.json']) {
      const { headers } = await wang.get(p);
      holds(headers.get('content-security-policy').startsWith("default-src 'none'; style-src 'self'; script-src 'self'"), p);
      equal(headers.get('x-content-type-options'), 'nosniff');
      holds(['no-referrer', 'same-origin'].includes(headers.get('referrer-policy')), p);
      equal(headers.get('cache-control'), 'no-store');
    }
  });
  await check('gzip when asked for, plain otherwise', async () => {
    const ask = (encoding) => rawCall(server, `GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${encoding}\r\n`);
    holds(/content-encoding: gzip/i.test(await ask('Accept-Encoding: gzip\r\n')), 'gzip');
    holds(!/content-encoding/i.test(await ask('')), 'plain');
    holds(!/content-encoding/i.test(await ask('Accept-Encoding: gzip;q=0\r\n')), 'q=0');
  });
  await check('a hundred connections that say nothing hinder nobody', async () => {
    const { default: net } = await import('node:net');
    const sockets = Array.from({ length: 100 }, () => net.connect(server.port, '127.0.0.1', function () { this.write('GET /hea'); }));
    sockets.forEach((s) => s.on('error', () => {}));
    equal((await new Client(server).get('/healthz')).status, 200);
    sockets.forEach((s) => s.destroy());
  });
}
