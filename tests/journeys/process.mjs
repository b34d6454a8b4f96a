// Where a case stands in its process: the drawing with its token, the viewer's mark, the list without script.
import { accessible, check, fits, journey, signIn, text, violation } from "./lib.mjs";

async function drawn(counter, browser) {
    const page = await browser.person(counter, { width: 1280 });
    await signIn(page, counter.logins.wang);
    const made = await counter.register("wang", violation());
    await page.goto(`/staff/cases/${made.id}`);
    await page.click("#process");
    await page.waitForSelector("#drawing svg [data-element-id=decide]");
    const token = page.locator("#drawing .token");
    check("one token lies on the step that waits", (await token.count()) === 1 && (await page.locator("[data-element-id=decide].here").count()) === 1);
    const on = await token.boundingBox(), task = await page.locator("[data-element-id=decide]").first().boundingBox();
    check("the token is at its step", Math.abs(on.x - task.x) < 60 && Math.abs(on.y - task.y) < 60, JSON.stringify({ on, task }));
    const mark = await page.evaluate(() => {
        const link = document.querySelector("#drawing .bjs-powered-by"), box = link?.getBoundingClientRect();
        if (!box || box.width < 40 || box.height < 15) return false;
        link.scrollIntoView({ block: "center" });
        const seen = link.getBoundingClientRect();
        return link.contains(document.elementFromPoint(seen.x + seen.width / 2, seen.y + seen.height / 2));
    });
    check("the viewer's mark is visible", mark);
    check("no style or script is refused", page.complaints.length === 0, page.complaints.join("\n"));
    await accessible(page, "the page of a process");
    await fits(page, "the page of a process");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/process.png`, fullPage: true });
    await page.goto(`/staff/cases/${made.id}`);
    await page.click("#adopt");
    await page.waitForSelector(".okbox");
    await page.goto(`/staff/cases/${made.id}/process`);
    check("after the decision no step waits", /流程已经结束/.test(await text(page)) && (await page.locator("[aria-current=step]").count()) === 0);
    await page.context().close();
}

async function listed(counter, browser) {
    const page = await browser.person(counter, { lang: "en", script: false });
    await signIn(page, counter.logins.wang);
    const made = await counter.register("wang", violation());
    await page.goto(`/staff/cases/${made.id}/process`);
    const here = await text(page, "[aria-current=step]");
    check("without script the list tells the step", /Officer decides[\s\S]*by a person[\s\S]*Here now/.test(here), here);
    check("and no empty frame is left", !(await page.locator("#drawing").isVisible()));
    await page.context().close();
}

/* A supervisor sends a case back to the officer by hand, without script; the record tells it. */
async function moved(counter, browser) {
    const clerk = await browser.person(counter, { lang: "en", script: false });
    await signIn(clerk, counter.logins.wang);
    const made = await counter.register("wang", violation());
    await clerk.goto(`/staff/cases/${made.id}/process`);
    check("a clerk has no such form", (await clerk.locator("#move").count()) === 0);
    await clerk.context().close();
    const seen = await browser.person(counter, { lang: "zh" });
    await signIn(seen, counter.logins.chen);
    await seen.goto(`/staff/cases/${made.id}/process`);
    await seen.click("section[aria-labelledby=move] summary");
    await accessible(seen, "the form to move a case");
    if (process.env.SHOTS) await seen.screenshot({ path: `${process.env.SHOTS}/move.png`, fullPage: true });
    await seen.context().close();
    const page = await browser.person(counter, { lang: "en", script: false });
    await signIn(page, counter.logins.chen);
    await page.goto(`/staff/cases/${made.id}/process`);
    await page.click("section[aria-labelledby=move] summary");
    await page.selectOption("#cancel", "decide");
    await page.selectOption("#begin", "decide");
    await page.click("section[aria-labelledby=move] button");
    check("without a reason nothing moves", /Write the reason/.test(await text(page, "#reason-error")));
    await page.fill("#reason", "The officer is away; the file goes to the next one.");
    await page.click("section[aria-labelledby=move] button");
    check("it says that it was moved", /The case was moved/.test(await text(page, ".okbox")));
    check("the case waits again", (await page.locator("[data-step=decide]").count()) === 1);
    await page.goto(`/staff/cases/${made.id}`);
    check("the record tells who moved it and why", /Moved by hand[\s\S]*the next one/.test(await text(page)));
    await page.context().close();
}

export async function processes(counter, browser) {
    await journey("a process is drawn with its token", () => drawn(counter, browser));
    await journey("a case is moved by hand", () => moved(counter, browser));
    await journey("a process without script", () => listed(counter, browser));
}
