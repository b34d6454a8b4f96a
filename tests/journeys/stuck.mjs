// What is stuck: a supervisor finds a case whose notice could not be sent, has it tried again with a reason, and is told
// that it will be, in both languages. A counter of its own, whose service sends and whose couriers cannot.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packs } from "../api/outbox_test.mjs";
import { accessible, check, Counter, fits, journey, signIn, text, violation } from "./lib.mjs";

async function adopted(counter, browser) {
    const page = await browser.person(counter, { width: 1280 });
    await signIn(page, counter.logins.wang);
    const made = await counter.register("wang", violation());
    await page.goto(`/staff/cases/${made.id}`);
    await page.click("#adopt");
    await page.waitForSelector(".okbox");
    return { page, id: made.id };
}

async function tryAgain(counter, browser, lang) {
    const { page: officer, id } = await adopted(counter, browser);
    const page = await browser.person(counter, { lang });
    await signIn(page, counter.logins.chen);
    for (let i = 0; i < 50 && (await page.locator("h2 .count").count()) === 0; i++) {
        await page.goto("/staff/stuck");
        await page.waitForTimeout(100);
    }
    check("the dead letter stands there with its reason", /no way out is configured for webhook/.test(await text(page)));
    check("its name is in the navigation", (await page.locator("nav a.on[aria-current=page]").count()) === 1);
    await accessible(page, "the page of what is stuck");
    await fits(page, "the page of what is stuck");
    await officer.goto(`/staff/cases/${id}`);
    check("the case says that it stands, and asks for no decision", (await officer.locator(".warnbox").count()) === 1 && (await officer.locator("#adopt").count()) === 0);
    await page.click("summary");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/stuck-${lang}.png`, fullPage: true });
    await page.click("details button");
    check("without a reason it is told where one is missing", (await page.locator(".govuk-error-message").count()) === 1);
    await accessible(page, "the page with its error");
    await page.fill("details textarea", "the register is back");
    await page.click("details button");
    check("it is told that it will be tried", (await page.locator(".okbox").count()) >= 1 && page.url().endsWith("/staff/stuck?done=1"));
    await page.context().close();
    await officer.context().close();
}

export async function stuck(_, browser, binary) {
    const ways = join(mkdtempSync(join(tmpdir(), "yc-ways-")), "ways.json");
    writeFileSync(ways, "[]");
    const counter = new Counter(binary, ["--packs", packs(), "--courier", ways]);
    await counter.ready;
    await journey("what is stuck, in Chinese", () => tryAgain(counter, browser, "zh"));
    await journey("what is stuck, in English", () => tryAgain(counter, browser, "en"));
    await counter.close();
}
