// The supervisor (journey 9): the board by deadline, one period extended, five cases given to somebody, figures that are the
// same on the screen and in the export; and two clerks who come to the same case.
import { join } from "node:path";
import { accessible, check, fits, journey, signIn, step, text, violation } from "./lib.mjs";

const GIVEN = 5;

async function seen(page, name) {
    await accessible(page, name);
    await fits(page, name);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `board-${name.replaceAll(" ", "-")}.png`), fullPage: true });
}

const lane = async (page, name) => Number(await page.locator(`.lane.${name} b`).innerText());

// Two clerks: one takes a case, the other one has to take it over, with a word, before she acts.
async function claimed(counter, browser) {
    const { id } = await counter.register("wang", violation({ detection: "camera" }));
    const wang = await browser.person(counter, { width: 1440 }), li = await browser.person(counter, { width: 1440 });
    await signIn(wang, counter.logins.wang);
    await wang.goto(`/staff/cases/${id}`);
    await seen(wang, "case nobody has");
    await wang.click("#take");
    check("a clerk takes a case", /由您承办/.test(await text(wang, "#assign")), await text(wang, "#assign"));
    await wang.goto("/staff/cases?whose=mine");
    check("it is among his", (await wang.locator("#cases tbody tr").count()) >= 1 && /我的/.test(await text(wang, ".tabs .on")), await text(wang, ".tabs"));
    await signIn(li, counter.logins.li);
    await li.goto(`/staff/cases/${id}`);
    await li.click("#adopt");
    check("who acts on another's case is told to take it over", /先接过来/.test(await text(li, ".govuk-error-summary")), await text(li));
    await seen(li, "case of another");
    await li.click("#give");
    check("taking it over needs a word", /交接说明/.test(await text(li, ".govuk-error-summary")), await text(li));
    await li.selectOption("#to", "li");
    await li.fill("#note", "王今天外出");
    await li.click("#give");
    await li.waitForURL(/#assign$/);
    check("it changes hands, and the note stands in the record", /由您承办/.test(await text(li, "#assign")) && /王今天外出/.test(await text(li, ".hist")), await text(li, ".hist"));
    await li.click("#assign summary");
    await li.click("#release");
    check("it is put back", /无人承办/.test(await text(li, "#assign")), await text(li, "#assign"));
    await wang.context().close();
    await li.context().close();
}

async function extended(page) {
    await page.keyboard.press("j");
    check("J selects the most urgent case", (await page.locator("#cases tbody tr:first-child.sel").count()) === 1);
    await page.keyboard.press("x");
    await page.waitForURL(/open=clocks/);
    await page.fill("#clocks details[open] textarea[name=reason]", "等鉴定结论");
    await page.fill("#clocks details[open] input[name=days]", "10");
    await page.click("#clocks details[open] button[value=extend]");
    check("an extension is asked for, and waits for a second person", /申请延长 10 日/.test(await text(page, "#clocks")), await text(page, "#clocks"));
    await page.goto("/staff/board");
    check("the board says that it waits", /等批准/.test(await text(page, "#cases")), await text(page, "#cases"));
}

async function given(page, counter) {
    const rows = page.locator("#cases tbody tr");
    for (let i = 0; i < GIVEN; i++) await rows.nth(i).locator("input[type=checkbox]").check();
    await page.selectOption("#to", "wang");
    await page.waitForTimeout(5500);
    check("what is ticked stays while the board is renewed", (await page.locator("#cases input:checked").count()) === GIVEN);
    await page.click("#give");
    check("five are given in one act, and the board says so", new RegExp(`${GIVEN} 件已交给`).test(await text(page, "#report")), await text(page, "#report"));
    const list = await (await counter.api("/api/v1/cases?whose=mine&limit=200", { headers: { Cookie: counter.cookies.wang } })).json();
    check("the clerk has them", list.cases.length >= GIVEN, list.cases.length);
}

async function exported(page, context) {
    await page.goto("/staff/board");
    await page.click("#figures > summary");
    const shown = await page.$$eval("#by-service tr", (rows) => rows.map((r) => Array.from(r.cells, (c) => c.innerText.trim())));
    const csv = await (await context.request.get("/staff/board/export")).text();
    const table = csv.trim().split("\r\n").map((line) => line.split(",").map((cell) => cell.replace(/^"|"$/g, "")));
    const same = shown.slice(1).every((row, i) => row.join("|") === table[i + 1].join("|"));
    check("the export is what the screen shows", same && shown.length > 1, `${JSON.stringify(shown)} ${csv}`);
    const total = shown.at(-1).slice(1, 5).map(Number);
    const strip = [await lane(page, "late"), await lane(page, "soon"), await lane(page, "ok"), await lane(page, "hold")];
    check("the strip and the table tell the same", total.join() === strip.join(), `${total} ${strip}`);
}

// Somebody is dissatisfied and leaves a number; the supervisor calls, and the number is gone.
async function rated(counter, browser, page) {
    const { id, version, tracking_code: code } = await counter.register("wang", violation());
    const headers = { "Content-Type": "application/json", Cookie: counter.cookies.wang, "If-Match": `"${version}"`, "Idempotency-Key": `adopt-${id}` };
    await counter.api(`/api/v1/cases/${id}/actions/adopt`, { method: "POST", body: "{}", headers });
    const person = await browser.person(counter, { width: 390, height: 844 });
    await person.goto(`/track/${code}/rate`);
    await person.check("#level-1");
    await person.fill("#remark", "等了 50 分钟，没人说为什么");
    await person.fill("#contact", "13800004321");
    await seen(person, "rating");
    await person.click("form .btn");
    await person.waitForURL(/done=rate/);
    await person.context().close();
    await page.goto("/staff/board");
    check("the board shows the low rating with its time, and nobody's name", /等了 50 分钟/.test(await text(page, "#low")) && /剩 \d+ 天/.test(await text(page, "#low")) && !/王/.test(await text(page, "#low")), await text(page, "#low"));
    check("how many answered stands beside the score", /占办结件/.test(await text(page, "#low")), await text(page, "#low"));
    await page.locator("#low a").first().click();
    check("whoever follows it up sees the number", /13800004321/.test(await text(page)));
    await seen(page, "ratings");
    await step(page, "9 supervisor: low rating");
    const form = page.locator("form", { has: page.locator("button[value=called]") }).first();
    await form.locator("textarea").fill("已致电说明，增开一个窗口");
    await form.locator("button[value=called]").click();
    check("it was called back and put right, and the number is gone", !/13800004321/.test(await text(page)), await text(page));
}

export async function board(counter, browser) {
    await journey("two people on one case", () => claimed(counter, browser));
    await journey("the supervisor's board", async () => {
        for (let i = 0; i < GIVEN + 2; i++) await counter.register("wang", violation({ detection: "camera" }));
        const page = await browser.person(counter, { width: 1440, height: 1000 });
        await signIn(page, counter.logins.chen);
        await page.click("nav a[href='/staff/board']");
        await step(page, "9 supervisor: the board");
        await seen(page, "board");
        check("the figures are there in words and signs", /逾期[\s\S]*24 小时内到期[\s\S]*期限内[\s\S]*暂停[\s\S]*今天办结/.test(await text(page, ".lanes")), await text(page, ".lanes"));
        await extended(page);
        await step(page, "9 supervisor: extension asked for");
        await given(page, counter);
        await step(page, "9 supervisor: five given");
        await exported(page, page.context());
        await rated(counter, browser, page);
        await page.goto("/staff/board?lang=en");
        await seen(page, "board in English");
        check("nothing complained", page.complaints.length === 0, page.complaints.join("; "));
        await page.context().close();
        const plain = await browser.person(counter, { script: false });
        await signIn(plain, counter.logins.chen);
        await plain.goto("/staff/board");
        await plain.locator("#cases input[type=checkbox]").first().check();
        await plain.selectOption("#to", "");
        await plain.click("#give");
        check("it works without script, and a missing note is said", /交接说明|已放回/.test(await text(plain, "#report")), await text(plain));
        await plain.context().close();
    });
}
