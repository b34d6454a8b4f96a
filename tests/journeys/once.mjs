// Told once (journey 3): a clerk finds two things missing, one notice lists both, the applicant answers with code and proof,
// a second notice is the supervisor's; accepted, decided with its reference; rated. And an applicant who withdraws.
import { join } from "node:path";
import { accessible, check, fits, journey, signIn, step, text } from "./lib.mjs";

const SERVICE = "licence-renewal";
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==", "base64");
const INPUTS = {
    applicantType: "resident", personName: "岩温（样例）", personId: "53280119900101123X", phone: "138 0000 4321",
    term: "6", validTo: "2027-01-10", fullMarks: "no", carClass: "ordinary", issuedHere: "yes",
};

async function seen(page, name) {
    await accessible(page, name);
    await fits(page, name);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `once-${name.replaceAll(" ", "-")}.png`), fullPage: true });
}

async function registered(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.wang);
    await page.click("nav a[href='/staff/register']");
    await page.fill("#find", "qmhz");
    await page.press("#find", "Enter");
    await seen(page, "register");
    await page.click(`a[href*='${SERVICE}']`);
    for (const [key, value] of Object.entries(INPUTS)) {
        const field = page.locator(`[name='${key}']`).first();
        const kind = await field.evaluate((el) => el.tagName + (el.type ?? ""));
        if (kind.startsWith("SELECT")) await field.selectOption(value);
        else if (kind === "INPUTradio") await page.check(`[name='${key}'][value='${value}']`);
        else await field.fill(value);
    }
    await page.click("#form .btn");
    await page.waitForURL(/\/staff\/cases\/c/);
    const code = await text(page, ".code");
    return { page, code, path: new URL(page.url()).pathname };
}

async function told(counter, browser) {
    const { page: clerk, code, path } = await registered(counter, browser);
    await seen(clerk, "case before");
    check("nothing can be decided before it is accepted", (await clerk.locator("#adopt").count()) === 0);
    await clerk.click("#notice > summary");
    await step(clerk, "3 told once: the notice to be");
    check("what must be there and is not is ticked", (await clerk.locator("#notice input[type=checkbox]:checked").count()) > 0);
    for (const box of await clerk.locator("#notice input[type=checkbox]").all()) await box.uncheck();
    await clerk.check("#paper-medical");
    await clerk.selectOption("#fault-medical", "outdated");
    await clerk.fill("#text-medical", "2026 年 3 月 2 日的，超过六个月");
    await clerk.selectOption("#field-1", "phone");
    await clerk.fill("#days", "0");
    await clerk.fill("#said-1", "少一位");
    await seen(clerk, "notice form");
    await clerk.click("#send-notice");
    check("a wrong number of days is said, and nothing typed is lost", /1 到 365/.test(await text(clerk, "#life")) && (await clerk.inputValue("#text-medical")).includes("3 月 2 日"));
    await clerk.fill("#days", "10");
    await clerk.click("#send-notice");
    await clerk.waitForSelector(".okbox");
    await step(clerk, "3 told once: the notice sent");
    check("the clerk sees the notice with both items", /驾驶人身体条件证明|身体条件|体检/.test(await text(clerk, "#life")) && /少一位/.test(await text(clerk, "#life")), await text(clerk, "#life"));
    await seen(clerk, "case told");

    const person = await browser.person(counter, { width: 390, height: 844 });
    await person.goto(`/track/${code}`);
    await step(person, "3 told once: the resident sees it");
    check("the resident reads that something is missing", /等待您补正/.test(await text(person)), await text(person));
    await seen(person, "track told");
    await person.click("main .btns .btn");
    const notice = await text(person);
    await step(person, "3 told once: what is missing");
    check("both items stand there with the law", /已经过期/.test(notice) && /少一位/.test(notice) && /行政许可法/.test(notice), notice);
    check("the clock stands still and the day is told", /中止|暂停/.test(notice) && /年 \d+ 月 \d+ 日/.test(notice), notice);
    await seen(person, "notice");
    await person.click("a[href*='/files#file-medical']");
    check("who he is must be shown before a paper is taken", (await person.locator("#proof").count()) === 1 && (await person.locator("input[type=file]").count()) === 0);
    await person.fill("#proof", "4321");
    await person.click("#form .btn");
    await person.setInputFiles("#file-medical", { name: "体检证明.png", mimeType: "image/png", buffer: PICTURE });
    await person.click("#file-medical >> xpath=ancestor::form >> button");
    await person.waitForSelector("form.file");
    await step(person, "3 told once: a paper handed over");
    await seen(person, "own papers");
    await person.click(".btns a.btn");
    check("the paper stands at its item, and who he is need not be shown again", /体检证明\.png/.test(await text(person, ".need")) && (await person.locator("#proof").count()) === 0);
    await person.context().clearCookies({ name: "yc_own" });
    await person.reload();
    await person.fill("#phone", "13800004322");
    await person.fill("#note", "新的体检证明明天带到窗口");
    await person.fill("#proof", "0000");
    await person.click("form .btn:not(.two)");
    check("a wrong proof is said, and nothing typed is lost", /后四位不一致/.test(await text(person)) && (await person.inputValue("#note")).includes("明天"));
    await seen(person, "notice wrong");
    await person.click("header button[name=lang]");
    check("the language switches and keeps the answer", /still missing/.test(await text(person, "h1")) && (await person.inputValue("#phone")) === "13800004322", await text(person));
    await person.fill("#proof", "4321");
    await person.click("form .btn:not(.two)");
    await person.waitForSelector(".okbox");
    await step(person, "3 told once: answered");
    check("the answer has arrived and the time runs on", /answer has arrived/.test(await text(person)) && !/Suspended/.test(await text(person)), await text(person));

    await clerk.goto(path);
    const [tab] = await Promise.all([clerk.context().waitForEvent("page"), clerk.click("#life .papers a[target=_blank]")]);
    await tab.waitForLoadState();
    check("the clerk opens the paper in a tab of its own", (await tab.evaluate(() => document.contentType)) === "image/png");
    await tab.close();
    check("a second notice is blocked and says why", /一次性告知/.test(await text(clerk, "#notice-why")));
    await clerk.click("#check > summary");
    await clerk.selectOption("[name=papers]", "complete");
    await clerk.click("#check .btn");
    await clerk.waitForSelector(".okbox");
    await clerk.click("#accept");
    await clerk.waitForSelector(".okbox");
    await step(clerk, "3 told once: accepted");
    check("it is accepted, and acceptance is past", /已受理/.test(await text(clerk, "#life")) && (await clerk.locator("#accept-why").count()) === 1);
    check("dates stand without the quotes of a program", !/["“]\d{4}-\d\d-\d\d/.test(await text(clerk)), await text(clerk));
    await seen(clerk, "case accepted");
    await clerk.click("#depart > summary");
    await clerk.selectOption("#outcome", "GRANT");
    await clerk.fill("#reason", "已当面核对");
    await clerk.click("#form .btn");
    check("the reference in the other system is asked for", /编号/.test(await text(clerk, ".govuk-error-summary")));
    await clerk.fill("#form [name=external]", "5328-0001");
    await clerk.click("#form .btn");
    await clerk.waitForURL(/done=/);
    await clerk.context().close();

    await person.goto(`/track/${code}?lang=zh`);
    await step(person, "3 told once: decided");
    check("the letter of the other outcome is not told as done", !/不予/.test(await text(person, ".strip")), await text(person, ".strip"));
    check("the whole record is there, newest first", /决定[\s\S]*已受理[\s\S]*已补正[\s\S]*一次性告知补正[\s\S]*登记/.test(await text(person, ".log")), await text(person, ".log"));
    await person.click("a[href$='/rate']");
    await person.click("form .btn");
    check("a rating needs a level", /请选一个等级/.test(await text(person)));
    await person.check("#level-2");
    await person.check("#aspect-speed");
    await person.fill("#remark", "等了太久");
    await seen(person, "rate");
    await person.click("form .btn");
    await step(person, "3 told once: rated");
    check("thanks, and no second time", /不记姓名/.test(await text(person)) && (await person.locator("a[href$='/rate']").count()) === 0);
    await person.context().close();
}

async function followed(counter, browser) {
    const chen = await browser.person(counter, { width: 1440 });
    await signIn(chen, counter.logins.chen);
    await chen.goto("/staff/ratings");
    check("the supervisor sees a low rating without person and case", /等了太久/.test(await text(chen)) && !/岩温|-.-/.test(await text(chen)), await text(chen));
    await seen(chen, "ratings");
    await chen.fill("textarea[name=note]", "增开一个窗口");
    await chen.click("main form .btn");
    check("it is followed up", /没有待整改/.test(await text(chen)));
    await chen.context().close();
    const wang = await browser.person(counter, { width: 1440 });
    await signIn(wang, counter.logins.wang);
    const answer = await wang.goto("/staff/ratings");
    check("a clerk sees none of it", answer.status() === 403 && (await wang.locator("a[href='/staff/ratings']").count()) === 0);
    await wang.context().close();
}

async function withdrawn(counter, browser) {
    const { page: clerk, code } = await registered(counter, browser);
    await clerk.context().close();
    const page = await browser.person(counter, { lang: "en", script: false });
    await page.goto(`/track/${code}`);
    await page.click("a[href$='/withdraw']");
    await page.fill("#proof", "123x");
    await page.click("form .btn");
    check("withdrawing wants a clear yes", /Tick that you withdraw/.test(await text(page)));
    await page.check("#sure");
    await page.click("form .btn");
    await step(page, "3 told once: withdrawn");
    check("withdrawn, without script", /Withdrawn/.test(await text(page, "h1")), await text(page));
    await page.context().close();
    const seer = await browser.person(counter);
    await seer.goto(`/track/${code}/withdraw`);
    check("there is no second withdrawal", /不能这样办理/.test(await text(seer)));
    await seen(seer, "withdraw not now");
    await seer.context().close();
}

export async function once(counter, browser) {
    await journey("told once, answered, accepted, decided, rated", () => told(counter, browser));
    await journey("a low rating is followed up without a person", () => followed(counter, browser));
    await journey("an applicant withdraws", () => withdrawn(counter, browser));
}
