// How fast the pages come: at a fixed rate of requests (open loop: a late answer delays no later request), over many
// connections at once, and the first page over a slow line in a real browser. Prints name=value.
// Usage: node bench/pages.mjs BINARY [SECONDS]
import http from "node:http";
import { Browser, Counter, violation } from "../tests/journeys/lib.mjs";

const RATE = 200, SECONDS = Number(process.argv[3] ?? 10), CONNECTIONS = [128, 256, 512];
const LINE = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
const say = (name, value) => console.log(`${name}=${typeof value === "number" ? Number(value.toFixed(1)) : value}`);

const counter = new Counter(process.argv[2] ?? "build/yichuang");
await counter.ready;
const { hostname, port } = new URL(counter.url);
const { tracking_code: code } = await counter.register("wang", violation());
const PATHS = ["/", "/services?q=licence", "/services/licence-renewal", "/pre-check/licence-renewal", "/about/services", "/track", `/track/${code}`];

function get(path, agent) {
    const headers = { "Accept-Encoding": "gzip", "Accept-Language": "zh" };
    return new Promise((resolve, reject) => {
        http.get({ hostname, port, path, agent, headers }, (answer) => {
            answer.resume();
            answer.on("end", () => resolve(answer.statusCode));
        }).on("error", reject);
    });
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

async function rate() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 64 }), took = [], all = [], start = performance.now();
    let bad = 0;
    for (let i = 0; i < RATE * SECONDS; i++) {
        const due = start + (i * 1000) / RATE;
        const wait = due - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        all.push(get(PATHS[i % PATHS.length], agent).then((status) => {
            took.push(performance.now() - due);
            bad += status !== 200;
        }, () => bad++));
    }
    await Promise.all(all);
    took.sort((a, b) => a - b);
    say("pages_per_second", (all.length * 1000) / (performance.now() - start));
    for (const share of [0.5, 0.95, 0.99]) say(`pages_p${share * 100}_ms`, at(took, share));
    say("pages_not_served", bad);
    agent.destroy();
}

// Every connection is open before the first asks; each asks four times.
async function connections(n) {
    const agents = Array.from({ length: n }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
    let served = 0;
    for (let round = 0; round < 4; round++)
        await Promise.all(agents.map((agent) => get("/services", agent).then((status) => (served += status === 200), () => {})));
    say(`connections_${n}_served`, `${served}/${4 * n}`);
    for (const agent of agents) agent.destroy();
}

// When something was painted first, and when the largest part was: told a second after the first, for what comes later.
// A browser that tells no largest paint has none here; one that paints nothing at all fails.
const paints = (page) => page.evaluate(() => new Promise((resolve, reject) => {
    const seen = {};
    const watch = (type, name) => new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (type !== "paint" || entry.name === "first-contentful-paint") seen[name] = entry.startTime;
        if (seen.first) setTimeout(resolve, 1000, seen);
    }).observe({ type, buffered: true });
    watch("largest-contentful-paint", "largest");
    watch("paint", "first");
    setTimeout(reject, 20000, new Error("nothing was painted in 20 s"));
}));

async function slowLine() {
    const browser = await Browser.open();
    const page = await browser.person(counter, { width: 390 });
    const line = await page.context().newCDPSession(page);
    await line.send("Network.emulateNetworkConditions", LINE);
    await line.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    page.setDefaultTimeout(30000);
    await page.goto("/");
    const { first, largest } = await paints(page);
    say("slow_line_first_paint_ms", first);
    if (largest) say("slow_line_largest_paint_ms", largest);
    say("slow_line_ready_ms", await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd));
    await browser.close();
}

await rate();
for (const n of CONNECTIONS) await connections(n);
await slowLine();
await counter.close();
