// Starts the real server in a folder of its own, speaks to it as a client outside would, and counts what holds.
// Plain node: no packages.
import * as crypto from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { place } from '../postgres/place.mjs';

export const SERVICE = 'traffic-first-violation';

export function temporaryFolder() {
  const dir = mkdtempSync(join(tmpdir(), 'yc-test-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Resolves when the server is ready and has printed its logins. In: wrap = a command that runs its arguments; args = more options; env = more variables. */
export async function startServer(binary, dir, { wrap = [], args: more = [], env = {} } = {}) {
  const started = performance.now();
  const [command, ...args] = [...wrap, binary, 'serve', '--demo', ...place(dir), '--port', '0', ...more];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const server = { child, dir, url: '', port: 0, logins: {}, stderr: '', startMs: 0 };
  server.exit = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })));
  child.stderr.on('data', (d) => { server.stderr += d; });
  await new Promise((ready, failed) => {
    let text = '';
    const timer = setTimeout(() => failed(new Error(`not ready in 20 s: ${text}${server.stderr}`)), 20000);
    server.exit.then(({ code }) => failed(new Error(`ended with ${code}: ${server.stderr}`)));
    child.stdout.on('data', (d) => {
      text += d;
      const url = /^ready (http:\S+)$/m.exec(text);
      for (const m of text.matchAll(/^login (\S+) (\S+) (\S+)\n/gm)) server.logins[m[1]] = { user: m[1], password: m[2], role: m[3] };
      if (!url || Object.keys(server.logins).length < 6) return;
      clearTimeout(timer);
      server.url = url[1];
      server.port = Number(new URL(url[1]).port);
      server.startMs = performance.now() - started;
      ready();
    });
  });
  server.stop = async () => { child.kill('SIGTERM'); return server.exit; };
  server.kill = async () => { child.kill('SIGKILL'); return server.exit; };
  return server;
}

/** One person's way of calling: keeps the session cookie. */
export class Client {
  constructor(server) { this.server = server; this.cookie = ''; }
  async call(method, path, { json, body, headers = {} } = {}) {
    const all = { ...headers };
    if (this.cookie) all.cookie = this.cookie;
    if (json !== undefined) { body = JSON.stringify(json); all['content-type'] ??= 'application/json'; }
    const r = await fetch(this.server.url + path, { method, body, headers: all, redirect: 'manual' });
    const text = await r.text();
    const type = r.headers.get('content-type') ?? '';
    return { status: r.status, headers: r.headers, type, text, json: text && type.includes('json') ? JSON.parse(text) : undefined };
  }
  get(path, headers) { return this.call('GET', path, { headers }); }
  post(path, json, headers) { return this.call('POST', path, { json, headers }); }
  async signIn(name) {
    const { user, password } = this.server.logins[name];
    const r = await this.post('/api/v1/sessions', { user, password });
    if (r.status !== 204) throw new Error(`sign-in of ${name}: ${r.status} ${r.text}`);
    this.cookie = r.headers.get('set-cookie').split(';')[0]; // one cookie; Node 18 lists none
    return this;
  }
  create(inputs, headers) { return this.post('/api/v1/cases', { service: SERVICE, inputs }, headers); }
  act(id, action, version, json, key = crypto.randomUUID()) {
    return this.post(`/api/v1/cases/${id}/actions/${action}`, json, { 'idempotency-key': key, 'if-match': String(version) });
  }
}

export const signedIn = (server, name) => new Client(server).signIn(name);

/** Sends bytes as they are; resolves with all that comes back until the server closes or is silent for a second. */
export function rawCall(server, bytes) {
  return new Promise((done) => {
    let text = '';
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(1000, () => { socket.destroy(); done(text); });
    socket.on('data', (d) => { text += d; });
    socket.on('close', () => done(text));
    socket.on('error', () => done(text));
  });
}

// ---- counting ----------------------------------------------------------------------------------------------
let passed = 0;
let failed = 0;

export async function check(name, run) {
  try {
    await run();
    passed++;
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok ${name}\n  ${String(e?.stack ?? e).split('\n').slice(0, 4).join('\n  ')}`);
  }
}

export function equal(got, wanted, what = 'value') {
  const [g, w] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (g !== w) throw new Error(`${what}: got ${g?.slice(0, 600)}, wanted ${w}`);
}

export function holds(truth, what) {
  if (!truth) throw new Error(what);
}

/** A problem as RFC 9457 wants it. */
export function problem(r, status, field) {
  equal(r.status, status, `status (${r.text.slice(0, 300)})`);
  holds(r.type.startsWith('application/problem+json'), `type ${r.type}`);
  equal(r.json.status, status, 'status member');
  holds(r.json.type && r.json.title, 'type and title');
  if (field !== undefined) equal(r.json.errors?.[0]?.field, field, 'field');
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

// How many cases a person may see: a worklist tells open and ended ones, and beside them each state by itself.
export async function countCases(person) {
  const { open, ended } = (await person.get('/api/v1/cases?limit=1')).json.counts;
  return open + ended;
}
