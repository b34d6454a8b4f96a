// The resident's journeys: a tracking code from first look to letter, who looked, a pre-check. Each once with
// and once without script, and once with keys only.
import { check, journey, signIn, text, violation, SERVICE } from "./lib.mjs";

async function adopt(counter, browser, id) {
    const clerk = await browser.person(counter, { width: 1440 });
    await signIn(clerk, counter.logins.wang);
    await clerk.goto(`/staff/cases/${id}`);
    await clerk.click("#adopt");
    await clerk.waitForSelector(".okbox");
    await clerk.context().close();
}

async function track(counter, browser, script) {
    const page = await browser.person(counter, { width: 390, script });
    const made = await counter.register("wang", violation());
    await page.goto("/");
    await page.fill("#code", "K7Q4-M2XD-9WU");
    await page.click("#code + .btn");
    check("a wrong code says how many symbols it needs", /13 位/.test(await text(page)), await text(page));
    await page.fill("#code", "K7Q4-M2XD-9WUB-C");
    await page.click("main .btn");
    check("a foreign letter names the group", /第 3 组/.test(await text(page)), await text(page));
    check("what was typed stays", (await page.inputValue("#code")) === "K7Q4-M2XD-9WUB-C");
    await page.fill("#code", made.tracking_code.toLowerCase().replaceAll("-", " "));
    await page.click("main .btn");
    await page.waitForURL(/\/track\/[0-9A-Z-]{16}$/);
    check("before the decision the title says what it waits for", /等待/.test(await text(page, "h1")), await text(page, "h1"));
    check("no proposal is shown as if it were a decision", !/\bD5\b|处警告/.test(await text(page)));
    await adopt(counter, browser, made.id);
    await page.reload();
    check("then the title is the answer", /已经决定：警告/.test(await text(page, "h1")), await text(page, "h1"));
    const told = await text(page);
    check("reasons are sentences", /没有违法记录/.test(told), told);
    check("the article stands there with its text", /第九十条[\s\S]*处警告/.test(told));
    check("the appeal is told with its last day", /行政复议[\s\S]*年 \d+ 月 \d+ 日/.test(told), told);
    await page.click(".verdict + p + p a.btn, a.btn.two");
    check("the letter opens", /警告/.test(await text(page, ".a4")));
    await page.goBack();
    await page.click("aside a");
    const looks = await text(page);
    check("who looked: time, office, role, purpose", /\d\d:\d\d[\s\S]*示例县公安局交通警察大队 · 经办人员/.test(looks) && /决定|办理/.test(looks), looks);
    check("never a staff name", !/王警官|wang/i.test(looks + told));
    await page.click(script ? "header nav a[hreflang=en]" : "header nav a[hreflang=en]");
    check("the other language stays on the same page", /Who looked/.test(await text(page, "h1")) && /\/access/.test(page.url()), page.url());
    check("no script or policy complaint", page.complaints.length === 0, page.complaints);
    await page.context().close();
}

async function precheck(counter, browser, script) {
    const page = await browser.person(counter, { width: 390, script });
    await page.goto("/");
    await page.click(`.svc a[href*="${SERVICE}"]`);
    await page.click("main a.btn");
    await page.click("main form .btn");
    check("a missing answer is told at the top and at the field", /违法代码/.test(await text(page, ".govuk-error-summary")) &&
        (await page.locator("#violationCode-error").count()) === 1, await text(page));
    await page.fill("#violationCode", "1039");
    await page.selectOption("#detection", "on_scene");
    await page.click("header button[name=lang]");
    check("the other language keeps the answers", (await page.getAttribute("html", "lang")) === "en" &&
        (await page.inputValue("#violationCode")) === "1039" && (await page.inputValue("#detection")) === "on_scene", page.url());
    await page.click("main form .btn");
    const result = await text(page);
    check("the result says outcome, reasons and that it has no effect", /Warning|Oral|penalty/i.test(await text(page, "h1")) &&
        /no legal effect/.test(result) && /第[一二三四五六七八九十百]+条/.test(result), result);
    check("nothing that was answered is in the address", /\/pre-check\/[a-z-]+(\?lang=en)?$/.test(page.url()), page.url());
    await page.click("header button[name=lang]");
    check("the other language shows the result again", (await page.getAttribute("html", "lang")) === "zh-CN" &&
        /没有法律效力/.test(await text(page)), await text(page));
    await page.click("main button[name=show]");
    check("changing the answers keeps them", (await page.inputValue("#violationCode")) === "1039");
    await page.context().close();
}

async function tabTo(page, there) {
    for (let i = 0; i < 60 && !(await page.evaluate(there)); i++) await page.keyboard.press("Tab");
}

async function keys(counter, browser) {
    const page = await browser.person(counter, { lang: "en" });
    const made = await counter.register("wang", violation());
    await page.goto("/");
    await page.keyboard.press("Tab");
    check("the first stop is the way to the content", /Skip/.test(await page.evaluate(() => document.activeElement.textContent)));
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    check("behind it comes the search", await page.evaluate(() => document.activeElement.id === "q"));
    await page.keyboard.type("first offence");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/services\?q=/);
    check("Enter finds the service", /first-violation/.test(await text(page, ".svc")), await text(page));
    await page.goBack();
    await tabTo(page, () => document.activeElement.id === "code");
    await page.keyboard.type(made.tracking_code);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/track\//);
    check("Enter shows the case", /Waiting/.test(await text(page, "h1")));
    await tabTo(page, () => /\/access$/.test(document.activeElement.href));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/access$/);
    check("and Tab reaches who looked", /Who looked/.test(await text(page, "h1")));
    await page.context().close();
}

async function unknown(counter, browser) {
    const page = await browser.person(counter);
    check("an address that is none says so", (await page.goto("/no-such-page")).status() === 404 && /没有这一页/.test(await text(page)));
    check("a service that is none says so", (await page.goto("/pre-check/none")).status() === 404);
    check("an invented code is not found", (await page.goto("/track/0000-0000-0000-0")).status() === 404);
    await page.context().close();
}

export async function resident(counter, browser) {
    await journey("a resident follows a case", () => track(counter, browser, true));
    await journey("the same without script", () => track(counter, browser, false));
    await journey("a resident asks before anything is filed", () => precheck(counter, browser, true));
    await journey("the same without script", () => precheck(counter, browser, false));
    await journey("a resident uses keys only", () => keys(counter, browser));
    await journey("wrong addresses", () => unknown(counter, browser));
}
