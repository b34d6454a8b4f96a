// What the journeys share: the built binary on a free port with a fresh data folder, Debian's Chromium, and
// checks that count. A journey sees only what a person sees: pages, keys, links.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { place } from "../postgres/place.mjs";

const web = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = web("playwright-core");
const AXE = readFileSync(web.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const SERVICE = "traffic-first-violation";

// ---- counting -------------------------------------------------------------------------------------------
export const score = { passed: 0, failed: 0 };

export function check(name, holds, seen = "") {
    score[holds ? "passed" : "failed"]++;
    console.log(`${holds ? "ok" : "not ok"} ${name}${holds ? "" : `: ${String(seen).slice(0, 400)}`}`);
}

export async function journey(name, walk) {
    console.log(`# ${name}`);
    try {
        await walk();
    } catch (error) {
        check(name, false, error.stack ?? error);
    }
}

// ---- the counter ----------------------------------------------------------------------------------------
export class Counter {
    constructor(binary, more = []) {
        this.dir = mkdtempSync(join(tmpdir(), "yc-journey-"));
        this.process = spawn(binary, ["serve", "--demo", ...place(join(this.dir, "data")), "--port", "0", ...more]);
        this.logins = {};
        this.text = "";
        this.ready = new Promise((resolve, reject) => {
            this.process.stderr.on("data", (bytes) => (this.text += bytes));
            this.process.on("exit", () => reject(new Error(`the server ended: ${this.text}`)));
            this.process.stdout.on("data", (bytes) => this.#read(bytes, resolve));
        });
    }

    #read(bytes, resolve) {
        this.text += bytes;
        this.url = /^ready (http\S+)$/m.exec(this.text)?.[1];
        for (const [, name, password, role] of this.text.matchAll(/^login (\S+) (\S+) (\S+)$/gm))
            this.logins[name] = { name, password, role };
        if (this.url && Object.keys(this.logins).length >= 5 && this.text.endsWith("\n")) resolve();
    }

    async close() {
        const ended = new Promise((resolve) => this.process.on("exit", resolve));
        this.process.removeAllListeners("exit");
        this.process.on("exit", () => {});
        this.process.kill("SIGTERM");
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
        rmSync(this.dir, { recursive: true, force: true });
    }

    async api(path, options = {}) {
        const response = await fetch(this.url + path, options);
        if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        return response;
    }

    // An appointment by the API, as far as asked for: "held" or "booked". Out: what the API tells of it.
    async book(person, as = "booked", service = "licence-renewal", office = "demo-county") {
        const post = async (path, body) => (await this.api(`/api/v1/appointments${path}`, { method: "POST", body: JSON.stringify(body),
            headers: { "Content-Type": "application/json", "Idempotency-Key": `book-${person}-${path}` } })).json();
        const { days } = await (await this.api(`/api/v1/availability?service=${service}&office=${office}`)).json();
        const { date } = days.findLast((day) => day.free > 0);
        const { slots } = await (await this.api(`/api/v1/slots?service=${service}&office=${office}&date=${date}`)).json();
        const held = await post("", { service, office, start: slots[0].start });
        if (as === "held") return held;
        const phone = `137${person.slice(-8)}`;
        await post(`/${held.code}/actions/details`, { name: "李某", person, phone });
        const page = await (await this.api("/demo/messages")).text();
        return post(`/${held.code}/actions/confirm`, { confirm: new RegExp(`${phone}[\\s\\S]*?(\\d{6})`).exec(page)[1] });
    }

    // Registers a case as one of the demo users: {id, version, tracking_code}.
    async register(user, inputs, service = SERVICE) {
        const { name, password } = this.logins[user];
        const json = { "Content-Type": "application/json" };
        this.cookies ??= {};
        this.cookies[user] ??= (await this.api("/api/v1/sessions", {
            method: "POST", headers: json, body: JSON.stringify({ user: name, password }),
        })).headers.get("set-cookie").split(";")[0];
        const headers = { ...json, Cookie: this.cookies[user] };
        const body = JSON.stringify({ service, inputs });
        return (await this.api("/api/v1/cases", { method: "POST", headers, body })).json();
    }
}

export const VIOLATION = {
    violationCode: "1039", at: "2026-11-16T08:42", personName: "张某", place: "茶城路", historyVerified: true,
};
let plates = 10000;
export const violation = (more = {}) => ({ ...VIOLATION, plate: `示A·${plates++}`, ...more });

// ---- the browser ----------------------------------------------------------------------------------------
export class Browser {
    static async open() {
        const browser = new Browser();
        browser.chromium = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
        return browser;
    }

    // A person: their own cookies, language, screen. Pages that fail to load a style or script are caught.
    async person(counter, { lang = "zh", width = 1280, height = 900, script = true } = {}) {
        const context = await this.chromium.newContext({
            baseURL: counter.url, locale: lang === "zh" ? "zh-CN" : "en", viewport: { width, height }, javaScriptEnabled: script,
        });
        const page = await context.newPage();
        page.setDefaultTimeout(5000);
        page.complaints = [];
        page.on("pageerror", (error) => page.complaints.push(String(error)));
        page.on("console", (line) => /Content Security Policy/.test(line.text()) && page.complaints.push(line.text()));
        return page;
    }

    close() {
        return this.chromium.close();
    }
}

export async function signIn(page, login) {
    await page.goto("/staff/cases");
    await page.fill("#user", login.name);
    await page.fill("#password", login.password);
    await page.click("main .btn");
    await page.waitForSelector("#cases, .tabs, header.top nav");
}

// A picture of where a journey stands, in STEPS: numbered as the steps come.
let steps = 0;
export async function step(page, name) {
    const dir = process.env.STEPS;
    if (!dir) return;
    mkdirSync(dir, { recursive: true });
    const file = `${String(++steps).padStart(3, "0")}-${name.replace(/[^0-9A-Za-z\u4e00-\u9fff]+/g, "-")}.png`;
    await page.screenshot({ path: join(dir, file), fullPage: true });
}

export const text = (page, selector = "main") => page.locator(selector).first().innerText();

// ---- what every page must hold ----------------------------------------------------------------------------
export async function axe(page, rules = {}) {
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
    return (await page.evaluate((given) => globalThis.axe.run(document, { resultTypes: ["violations"], rules: given }), rules)).violations;
}

export async function accessible(page, name) {
    const violations = await axe(page);
    const serious = violations.filter((v) => ["serious", "critical", "moderate"].includes(v.impact));
    check(`${name}: axe-core finds nothing serious`, serious.length === 0,
        serious.map((v) => `${v.id} ${v.nodes.map((n) => n.html).join(" ")}`).join("; "));
}

export async function fits(page, name, width = 320) {
    const before = page.viewportSize();
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    check(`${name}: no sideways scroll at ${width} px`, wide <= width, `${wide} px`);
    await page.setViewportSize(before);
}

// Bytes over the wire of a page with all it loads, as a browser that takes gzip sees them.
export async function weight(counter, path, lang) {
    const options = { headers: { "Accept-Encoding": "gzip", "Accept-Language": lang } };
    const size = async (at) => Number((await fetch(counter.url + at, options)).headers.get("content-length"));
    const html = await (await fetch(counter.url + path, { headers: { "Accept-Language": lang } })).text();
    const parts = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((m) => m[1].replaceAll("&amp;", "&"));
    let total = await size(path);
    for (const part of parts) total += await size(part);
    return total;
}
