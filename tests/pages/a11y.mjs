// Accessibility of every page: axe-core without any finding on a desktop, a phone, at 320 px and in forced colours; no
// sideways scroll at 320 px and with text of 200 %; every stop of the Tab key reached, seen and marked. One line a page.
// Usage: node a11y.mjs BINARY [PAGE]; SHOTS=DIR also writes pictures, for the eyes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe, check } from "../journeys/lib.mjs";
import { everyPage } from "./every.mjs";

const SIZES = [["phone", 390], ["320 px", 320]];

async function findings(page, where, rules) {
    return (await axe(page, rules)).map((v) => `${where}: ${v.id} ${v.nodes.map((n) => n.html.slice(0, 120)).join(" ")}`);
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

async function sizes(page) {
    const found = [];
    for (const [name, width] of SIZES) {
        await page.setViewportSize({ width, height: 800 });
        found.push(...await findings(page, name));
        const over = await sideways(page);
        if (over > 0) found.push(`${name}: ${over} px too wide`);
    }
    return found;
}

async function largeText(page) {
    await page.setViewportSize({ width: 640, height: 900 });
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    const over = await sideways(page);
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
    return over > 0 ? [`200 % text: ${over} px too wide`] : [];
}

// Backgrounds vanish: what they tell needs a border. Contrast is the reader's own there, and axe-core would read
// -webkit-text-fill-color, which the browser computes without the forced colour.
async function forcedColours(page) {
    await page.emulateMedia({ forcedColors: "active" });
    const found = await findings(page, "forced colours", { "color-contrast": { enabled: false } });
    const bare = await page.evaluate(() => [...document.querySelectorAll(".btn, .chip, .tag, .note, .warnbox, .okbox, .stopbox")]
        .filter((e) => e.checkVisibility() && parseFloat(getComputedStyle(e).borderTopWidth) === 0).map((e) => e.className));
    await page.emulateMedia({ forcedColors: "none" });
    return [...found, ...bare.map((name) => `forced colours: .${name} has no border`)];
}

// What the Tab key should stop at: a group of radios is one stop.
const stops = () => {
    const radios = new Set();
    return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex='0']")].filter((e) => {
        if (e.disabled || e.type === "hidden" || e.tabIndex < 0 || !e.checkVisibility()) return false;
        if (e.type !== "radio") return true;
        const group = `${e.form?.id}/${e.name}`;
        return !radios.has(group) && radios.add(group);
    }).length;
};

// The element with the focus: is it marked, and not outside the window? A date is one element with several stops.
const stop = () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const first = !e.dataset.stopped, again = e === globalThis.lastStop, box = e.getBoundingClientRect();
    e.dataset.stopped = "1";
    globalThis.lastStop = e;
    const marked = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
    const label = e.nextElementSibling;
    const shown = marked(getComputedStyle(e)) || (label?.tagName === "LABEL" && marked(getComputedStyle(label, "::before")));
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { first, again, shown, inside, what: e.outerHTML.slice(0, 100) };
};

// The next Tab reaches the first stop, wherever the last click was; a page that a script changed may have been walked before.
const fromTheTop = () => {
    for (const e of document.querySelectorAll("[data-stopped]")) delete e.dataset.stopped;
    const top = Object.assign(document.createElement("span"), { tabIndex: -1 });
    document.body.prepend(top);
    top.focus();
    scrollTo(0, 0);
};

async function keys(page) {
    const found = [], want = await page.evaluate(stops);
    let reached = 0;
    await page.evaluate(fromTheTop);
    for (let i = 0; i < want * 6 && reached < want; i++) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(stop);
        if (now?.again) continue;
        if (!now?.first) break;
        reached++;
        if (!now.shown) found.push(`keys: no mark on ${now.what}`);
        if (!now.inside) found.push(`keys: out of sight ${now.what}`);
    }
    return reached < want ? [...found, `keys: ${reached} of ${want} stops reached`] : found;
}

async function shot(page, name, size) {
    if (!process.env.SHOTS) return;
    mkdirSync(process.env.SHOTS, { recursive: true });
    await page.screenshot({ path: join(process.env.SHOTS, `${name.replace(/[ ,]+/g, "-")}.${size}.png`), fullPage: true });
}

await everyPage(process.argv[2], async ({ page, name }) => {
    const before = page.viewportSize();
    await shot(page, name, "desktop");
    const found = [...await findings(page, "desktop"), ...await keys(page), ...await forcedColours(page), ...await sizes(page)];
    await shot(page, name, "phone");
    found.push(...await largeText(page), ...page.complaints.splice(0));
    await page.setViewportSize(before);
    check(`${name}: desktop, phone, 320 px, 200 % text, forced colours, keys`, found.length === 0, found.join("; "));
});
