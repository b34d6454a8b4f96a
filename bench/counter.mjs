// Measures the running counter: start, idle memory, a clerk's case page at a steady rate with its access line
// committed. Prints name=value. Usage: node bench/counter.mjs build/yichuang [RATE] [SECONDS]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program = "build/yichuang", rate = "50", seconds = "20"] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), "yc-bench-"));

function start() {
    const began = performance.now();
    const server = spawn(program, ["serve", "--demo", "--dir", dir, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    return new Promise((resolve, reject) => {
        let text = "";
        server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
        server.stdout.on("data", (chunk) => {
            text += chunk;
            const ready = /^ready (\S+)/m.exec(text);
            const login = /^login (\S+) (\S+) (officer|clerk)/m.exec(text);
            if (ready && login) resolve({ server, url: ready[1], user: login[1], password: login[2], ms: performance.now() - began });
        });
    });
}
const stopped = (server) => new Promise((resolve) => { server.removeAllListeners("exit"); server.on("exit", resolve); server.kill("SIGTERM"); });
const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

const first = await start();
console.log(`start_ms_first=${first.ms.toFixed(0)}`);
await stopped(first.server);
const run = await start();
console.log(`start_ms=${run.ms.toFixed(0)}`);
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(`rss_mb_idle=${rss(run.server.pid).toFixed(1)}`);

const json = { "content-type": "application/json" };
const session = await fetch(`${run.url}/api/v1/sessions`, { method: "POST", headers: json, body: JSON.stringify({ user: run.user, password: run.password }) });
const cookie = session.headers.get("set-cookie").split(";")[0];
const ids = [];
for (let i = 0; i < 50; i++) {
    const made = await fetch(`${run.url}/api/v1/cases`, {
        method: "POST", headers: { ...json, cookie },
        body: JSON.stringify({ service: "traffic-first-violation", inputs: { violationCode: "1039", plate: `示A·9${i}`, historyVerified: true } }),
    });
    ids.push((await made.json()).id);
}
const took = [];
let failed = 0;
const waiting = [];
const total = Number(rate) * Number(seconds);
const began = performance.now();
for (let i = 0; i < total; i++) {
    const due = began + (i * 1000) / Number(rate);
    const left = due - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    const sent = Math.max(due, began);
    waiting.push(fetch(`${run.url}/staff/cases/${ids[i % ids.length]}`, { headers: { cookie } }).then(async (reply) => {
        await reply.arrayBuffer();
        if (reply.status !== 200) failed++;
        took.push(performance.now() - sent);
    }));
}
await Promise.all(waiting);
took.sort((a, b) => a - b);
console.log(`page_requests=${total}\npage_failed=${failed}`);
for (const q of [50, 95, 99]) console.log(`page_p${q}_ms=${quantile(took, q / 100).toFixed(1)}`);
console.log(`rss_mb_after=${rss(run.server.pid).toFixed(1)}`);
await stopped(run.server);
rmSync(dir, { recursive: true });
