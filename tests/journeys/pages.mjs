// Every page in both languages: axe-core, no sideways scroll on a small phone, under 30 KB with its style.
// SHOTS=DIR also writes a picture of each, for the eyes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { accessible, check, fits, journey, signIn, violation, weight, SERVICE } from "./lib.mjs";

const LIMIT = 30 * 1024;

async function shot(page, name) {
    const dir = process.env.SHOTS;
    if (!dir) return;
    mkdirSync(dir, { recursive: true });
    await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
    const before = page.viewportSize();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.screenshot({ path: join(dir, `${name}.phone.png`), fullPage: true });
    await page.setViewportSize(before);
}

async function look(page, path, name) {
    if (path) await page.goto(path);
    await accessible(page, name);
    await fits(page, name);
    await shot(page, name.replaceAll(" ", "-"));
}

async function light(counter, path, name, lang) {
    const bytes = await weight(counter, path, lang);
    check(`${name}: ${bytes} bytes in all, under ${LIMIT}`, bytes > 0 && bytes < LIMIT, bytes);
}

// The first choice of each question.
async function answerAll(page) {
    for (const set of await page.locator("main fieldset").all()) await set.locator("input").first().check();
    for (const list of await page.locator("main select").all()) await list.selectOption({ index: 1 });
}

async function residentPages(counter, browser, lang, open, closed) {
    const page = await browser.person(counter, { lang });
    const pages = {
        home: "/", track: "/track", wrong: "/track?code=K7Q4-M2XD-9WUB-C", waiting: `/track/${open.tracking_code}`,
        decided: `/track/${closed.tracking_code}`, access: `/track/${closed.tracking_code}/access`,
        letter: `/track/${closed.tracking_code}/letters/1`, precheck: `/pre-check/${SERVICE}`,
        services: "/services", found: "/services?q=licence", nothing: "/services?q=passpord", event: "/services?event=driving",
        guide: "/services/licence-renewal", about: "/about/services", questions: "/pre-check/licence-renewal", none: "/none",
    };
    for (const [name, path] of Object.entries(pages)) {
        await look(page, path, `${lang} ${name}`);
        await light(counter, path, `${lang} ${name}`, lang);
    }
    await page.goto(`/pre-check/${SERVICE}`);
    await page.click("main form .btn");
    await look(page, null, `${lang} fault`);
    await page.fill("#violationCode", "1039");
    await page.click("main form .btn");
    await look(page, null, `${lang} result`);
    await page.goto("/pre-check/licence-renewal");
    await page.fill("#validTo", "2027-01-10").catch(() => {});
    await answerAll(page);
    await page.click("main form .btn");
    await look(page, null, `${lang} eligibility`);
    await page.context().close();
}

async function staffPages(counter, browser, lang, open, closed) {
    const page = await browser.person(counter, { lang, width: 1440, height: 1000 });
    await look(page, "/staff/sign-in", `${lang} staff sign-in`);
    await signIn(page, counter.logins.wang);
    const pages = {
        list: "/staff/cases", empty: "/staff/cases?find=nothing", new: `/staff/cases/new?service=${SERVICE}`,
        case: `/staff/cases/${open.id}`, decided: `/staff/cases/${closed.id}`, letter: `/staff/cases/${closed.id}/letters/1`,
        none: "/staff/cases/none",
    };
    for (const [name, path] of Object.entries(pages)) await look(page, path, `${lang} staff ${name}`);
    await page.goto(`/staff/cases/${open.id}`);
    await page.click("#depart > summary");
    await page.click("#form .btn");
    await look(page, null, `${lang} staff refused`);
    await page.fill("#reason", lang === "zh" ? "当事人主动改正。" : "Put right at once.");
    await page.selectOption("#outcome", "NO_PENALTY");
    await page.$eval("#form input[name=version]", (input) => (input.value = "1"));
    await page.click("#form .btn");
    await look(page, null, `${lang} staff stale`);
    await page.context().close();
}

async function decideOne(counter, browser, id) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.wang);
    await page.goto(`/staff/cases/${id}`);
    await page.click("#adopt");
    await page.waitForSelector(".okbox");
    await page.context().close();
}

export async function pages(counter, browser) {
    const open = await counter.register("wang", violation({ defence: "送孩子，停了三分钟。", personId: "5300**********0017" }));
    const closed = await counter.register("wang", violation());
    await journey("a decided case", () => decideOne(counter, browser, closed.id));
    for (const lang of ["zh", "en"]) {
        await journey(`resident pages in ${lang}`, () => residentPages(counter, browser, lang, open, closed));
        await journey(`staff pages in ${lang}`, () => staffPages(counter, browser, lang, open, closed));
    }
}
