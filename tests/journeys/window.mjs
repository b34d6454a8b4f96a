// A walk-in, done in one visit (journey 1): kiosk, one ticket though pressed twice, called to a window, two services in one
// visit with what was said carried over, checked, accepted and paid by keys, decided, rated by the applicant. And what goes
// wrong on the way: a lost line, a stale page, a window that is left while somebody is served.
import { join } from "node:path";
import { Counter, accessible, check, fits, journey, signIn, step, text } from "./lib.mjs";

const OFFICE = "demo-county";
const INPUTS = {
    applicantType: "resident", personName: "岩温（样例）", personId: "53280119900101123X", phone: "138 0000 4321",
    term: "6", validTo: "2027-01-10", fullMarks: "no", carClass: "ordinary", issuedHere: "yes",
};

async function seen(page, name) {
    await accessible(page, name);
    await fits(page, name);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `window-${name.replaceAll(" ", "-")}.png`) });
}

async function fill(page, inputs) {
    for (const [key, value] of Object.entries(inputs)) {
        const field = page.locator(`[name='${key}']`).first();
        const kind = await field.evaluate((el) => el.tagName + (el.type ?? ""));
        if (kind.startsWith("SELECT")) await field.selectOption(value);
        else if (kind === "INPUTradio") await page.check(`[name='${key}'][value='${value}']`);
        else await field.fill(value);
    }
}

const label = (page) => text(page, ".tno");
const press = async (page, key, wanted) => {
    await page.keyboard.press(key);
    await page.waitForSelector(wanted);
};

// The same press gives the same number: what a kiosk sends twice is one ticket.
async function taken(counter, browser) {
    const kiosk = await browser.person(counter, { width: 1080, height: 1920 });
    await kiosk.goto(`${counter.url}/kiosk/${OFFICE}`);
    const key = await kiosk.inputValue("#kiosk [name=key]");
    const press = () => kiosk.request.post(`${counter.url}/kiosk/${OFFICE}`, { form: { key, queue: "licence" }, headers: { origin: counter.url } });
    const [one, two] = [await press(), await press()];
    const number = (html) => /class="tno"[^>]*>([A-Z]\d+)/.exec(html)?.[1];
    const [first, second] = [number(await one.text()), number(await two.text())];
    check("pressed twice, one ticket", first && first === second, `${one.status()} ${first} ${second}`);
    await kiosk.context().close();
    return first;
}

// The wall tells the number within a moment, and nobody's name.
async function wall(counter, browser, label) {
    const page = await browser.person(counter, { width: 1920, height: 1080 });
    await page.goto(`${counter.url}/display/${OFFICE}`);
    await page.waitForFunction((wanted) => document.getElementById("n")?.textContent === wanted, label);
    check("the wall shows the number and no name", !/wang|岩温|王警官/.test(await page.textContent("body")));
    await step(page, "1 window: the wall");
    await page.context().close();
}

async function registered(page) {
    await page.click(".picks a[href*='licence-renewal']");
    await page.waitForSelector("#register");
    await fill(page, INPUTS);
    await page.click("#agent > summary");
    await page.fill("#agent-name", "玉罕（样例）");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("#agent-error");
    check("half an agent is refused, and what was typed is there", (await page.inputValue("[name=personName]")) === INPUTS.personName);
    await page.fill("#agent-number", "532801199202025678");
    await page.fill("#agent-basis", "委托书");
    await seen(page, "form with an agent");
    await press(page, "Control+Enter", "#work");
    return text(page, ".code");
}

async function lostLine(page) {
    await page.fill("#note", "照片明天补来");
    await page.route("**/healthz", (route) => route.abort());
    await page.click("#leave-note");
    await page.waitForSelector("#line:not([hidden])");
    check("a lost line is told and loses nothing", (await page.inputValue("#note")) === "照片明天补来");
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    check("no token is kept in the browser", !kept.includes("form_token") && !kept.includes(await page.inputValue("[name=form_token]")));
    await page.unroute("**/healthz");
    await page.click("#line button");
    await page.waitForURL(/step=note/);
    check("sent again with the same key, the note is there once", (await page.locator("text=照片明天补来").count()) === 1);
}

async function accepted(page) {
    check("accepting waits for the checklist", (await page.getAttribute("#accept", "aria-disabled")) === "true");
    for (const box of await page.locator("#work input[data-must]").all()) {
        await box.focus();
        await page.keyboard.press("Space");
    }
    await fill(page, { papers: "complete", fit: "fit", open: "none", study: "none", medicalOn: "2026-11-01", ability: "under70" });
    await seen(page, "case before");
    await press(page, "Control+Enter", "text=Accepted; the receipt is made.");
}

async function paid(page) {
    await page.selectOption("#method", "cash");
    await page.locator("#main").click({ position: { x: 2, y: 2 } });
    await press(page, "f", "text=Paid; the receipt is made.");
    const href = await page.getAttribute("#fees a", "href");
    check("the fee is paid once and has a number", /demo-county-\d{4}-\d{6}/.test(await text(page, "#fees a")));
    await seen(page, "case paid");
    return href;
}

async function second(page) {
    const ticket = new URL(page.url()).pathname;
    await page.goto(`${new URL(page.url()).origin}${ticket}?service=driver-contact`);
    await page.waitForSelector("#register");
    check("the second service asks nothing twice", (await page.inputValue("[name=personName]")) === INPUTS.personName);
    await seen(page, "second service");
    await page.goto(`${new URL(page.url()).origin}${ticket}`);
}

async function rated(counter, browser, code) {
    const page = await browser.person(counter, { width: 390 });
    await page.goto(`${counter.url}/track/${code}?lang=en`);
    const shown = await page.textContent("main");
    check("the applicant reads the note and the fee", shown.includes("照片明天补来") && /10\.00/.test(shown), shown.slice(0, 300));
    await page.goto(`${counter.url}/track/${code}/rate`);
    await page.check("[name=level][value='5']");
    await page.click("form .btn");
    await page.waitForSelector(".okbox");
    check("the applicant rates on his own device, once", (await page.locator("a[href$='/rate']").count()) === 0, await text(page));
    await page.close();
}

async function stale(counter, page, ticket, caseId) {
    const form = new URLSearchParams({ form_token: await page.inputValue("[name=form_token]"), version: "1", key: "stale-page-1", ticket, do: "note", note: "来晚的留言" });
    const answer = await page.request.post(`${counter.url}/staff/desk/${ticket}/cases/${caseId}`, { data: form.toString(), headers: { "content-type": "application/x-www-form-urlencoded", origin: counter.url } });
    const html = await answer.text();
    check("a page that is out of date is told so", answer.status() === 422 && html.includes("has just changed"), answer.status());
}

// Somebody else gives it back, once, with a reason.
async function givenBack(counter, browser, receipt) {
    const chen = await browser.person(counter, { width: 1440 });
    await signIn(chen, counter.logins.chen);
    await chen.goto(`${counter.url}${receipt}?lang=en`);
    await chen.click("#refund > summary");
    await chen.fill("#refund textarea", "重复收费");
    await Promise.all([chen.waitForNavigation(), chen.click("#refund button")]);
    check("given back with a receipt of its own, and not twice", /Given back .*prefecture-/.test(await text(chen)) && (await chen.locator("#refund").count()) === 0, await text(chen));
    await chen.context().close();
}

async function counted(page, counter) {
    await page.goto(`${counter.url}/staff/cash`);
    await seen(page, "drawers");
    await page.fill("[name=cash]", "9");
    await Promise.all([page.waitForNavigation(), page.click("form .btn:not(.two)")]);
    check("a difference needs a reason", (await page.textContent("main")).includes("write why"));
    await page.fill("[name=reason]", "找零多给 1 元");
    await page.fill("[name=cash]", "9");
    await Promise.all([page.waitForNavigation(), page.click("form .btn:not(.two)")]);
    check("the drawer is closed", (await page.textContent("main")).includes("Counted and closed"));
}

// In a hall of its own: in another story's somebody may still wait.
export async function window(_, browser, binary) {
    const counter = new Counter(binary);
    await counter.ready;
    await journey("journey 1: a walk-in, done in one visit", async () => {
        const page = await browser.person(counter, { width: 1440 });
        await signIn(page, counter.logins.wang);
        await page.goto(`${counter.url}/staff/desk?lang=en`);
        await page.selectOption("#counter", "w1");
        await seen(page, "desk away");
        await Promise.all([page.waitForNavigation(), page.click("button[value=sit]")]);
        const number = await taken(counter, browser);
        await page.goto(`${counter.url}/staff/desk`);
        await press(page, "n", "#arrive");
        check("the next one is called", (await label(page)) === number, await label(page));
        await wall(counter, browser, number);
        await seen(page, "desk called");
        await step(page, "1 window: called");
        await press(page, "b", "#finish");
        const ticket = new URL(page.url()).pathname.split("/").pop();
        const code = await registered(page);
        await step(page, "1 window: registered");
        await lostLine(page);
        await accepted(page);
        const receipt = await paid(page);
        await step(page, "1 window: accepted and paid");
        const caseId = /cases\/(c\w+)\//.exec(receipt)[1];
        await stale(counter, page, ticket, caseId);
        if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, "window-decide.png"), fullPage: true });
        await page.fill("[name=external]", "TM-2026-1");
        await page.locator("#main").click({ position: { x: 2, y: 2 } });
        await press(page, "a", "text=Decided; the letter is made.");
        await second(page);
        await page.goto(counter.url + receipt);
        await seen(page, "receipt");
        await page.goto(`${counter.url}/staff/desk`);
        await press(page, "n", "text=Nobody waits now.");
        await rated(counter, browser, code);
        await givenBack(counter, browser, receipt);
        await counted(page, counter);
        await page.goto(`${counter.url}/staff/desk`);
        await Promise.all([page.waitForNavigation(), page.click("#leave")]);
        check("the counter is free again", (await page.locator("button[value=sit]").count()) === 1);
        await page.close();
    });
    await counter.close();
}
