// The clerk's journeys: find, read, adopt, depart, correct, two at once, a session that ends, keys only.
import { check, journey, signIn, text, violation, SERVICE } from "./lib.mjs";

const ADOPT = "#adopt";
const DEPART = "#depart > summary";

async function openCase(page, plate) {
    await page.goto("/staff/cases");
    await page.fill("#find", plate);
    await page.press("#find", "Enter");
    await page.waitForURL(/find=/);
    await page.click("#cases tbody a");
    await page.waitForSelector("#proposal");
}

async function depart(page, outcome, reason) {
    if (await page.locator(DEPART).count()) await page.click(DEPART);
    else await page.click("#correct > summary");
    if (outcome) await page.selectOption("#outcome", outcome);
    if (reason) await page.fill("#reason", reason);
    await page.click("#form .btn");
}

async function decide(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.wang);
    const first = violation(), second = violation();
    const kept = await counter.register("wang", first);
    await counter.register("wang", second);
    await openCase(page, first.plate);
    const proposal = await text(page, "section[aria-labelledby=proposal]");
    check("the proposal names outcome and rule", /警告/.test(proposal) && /D5/.test(proposal), proposal);
    check("every input of the deciding rule stands with its value", (await page.locator(".why").first().locator("li").count()) === 10);
    check("the article stands with number and text", /第九十条[\s\S]*处警告或者二十元以上二百元以下罚款/.test(proposal), proposal);
    const nots = await text(page, ".nots");
    check("each other rule says why not", ["D1", "D2", "D3", "D4", "D6", "D7", "D8"].every((rule) => nots.includes(rule)), nots);
    check("a failed cell says what it wanted and what it got", /D2[\s\S]*发现方式[\s\S]*现场发现[\s\S]*监控/.test(nots), nots);
    check("a rule behind the deciding one says which came first", /D7[\s\S]*D5/.test(nots), nots);
    await page.click("a.letter");
    check("the letter can be seen before it is sent, marked as a preview", /预览[\s\S]*警告/.test(await text(page, "body")));
    await page.click(".letterbar a");
    await page.click(ADOPT);
    await page.waitForSelector(".okbox");
    const next = new URL(page.url()).pathname;
    check("the next case opens", next.startsWith("/staff/cases/c") && !next.endsWith(kept.id), page.url());
    await page.click(".okbox a");
    const letter = await text(page);
    check("the notice leads to the letter", /警告/.test(letter) && letter.includes(first.plate), letter);
    check("its appeal paragraph is computed", /六十日|60/.test(letter) && /年 \d+ 月 \d+ 日/.test(letter) && /示例县人民政府/.test(letter), letter);
    await page.click(".letterbar a[hreflang=en]");
    check("the letter in English says which text prevails", /Warning[\s\S]*Chinese text prevails/i.test(await text(page, "body")));
    await page.context().close();
}

async function departs(counter, browser) {
    const page = await browser.person(counter, { lang: "en", width: 1440 });
    await signIn(page, counter.logins.wang);
    const inputs = violation();
    const made = await counter.register("wang", inputs);
    await openCase(page, inputs.plate);
    await depart(page, "NO_PENALTY", "");
    check("departing without a reason is refused beside the field", /Write a reason/.test(await text(page, "#reason-error")));
    check("the title starts with Error", (await page.title()).startsWith("Error"), await page.title());
    check("the chosen outcome stays", (await page.inputValue("#outcome")) === "NO_PENALTY");
    await page.fill("#reason", "Put right at once, no harm done.");
    await page.click("#form .btn");
    await page.waitForSelector(".okbox");
    await page.goto(`/staff/cases/${made.id}/letters/1?lang=en`);
    const letter = await text(page);
    check("the letter cites the officer's outcome and reason", /No penalty/.test(letter) && /Put right at once/.test(letter), letter);
    await page.goto(`/staff/cases/${made.id}`);
    await depart(page, "WARNING", "The list does cover this act after all.");
    await page.waitForURL(/done=/);
    const decisions = await text(page, "section[aria-labelledby=decision]");
    check("a correction is added, nothing is erased", /Warning[\s\S]*corrected[\s\S]*No penalty[\s\S]*departed/.test(decisions), decisions);
    check("a second letter exists", (await page.locator("a.letter").count()) === 2);
    await page.context().close();
}

async function together(counter, browser) {
    const wang = await browser.person(counter, { width: 1440 });
    const li = await browser.person(counter, { width: 1440 });
    await signIn(wang, counter.logins.wang);
    await signIn(li, counter.logins.li);
    const inputs = violation();
    await counter.register("wang", inputs);
    await openCase(wang, inputs.plate);
    await openCase(li, inputs.plate);
    check("the second clerk is told of the first", /同事/.test(await text(li, ".warnbox")));
    await wang.click(ADOPT);
    await wang.waitForSelector(".okbox");
    await depart(li, "NO_PENALTY", "当事人主动改正。");
    const stale = await text(li);
    check("the slower decision is not carried out and both stand side by side", /刚才被别人改过[\s\S]*采纳了系统建议[\s\S]*当事人主动改正。/.test(stale), stale);
    await li.click("#form .btn");
    check("the typed reason comes along", (await li.inputValue("#reason")) === "当事人主动改正。");
    check("and the chosen outcome", (await li.inputValue("#outcome")) === "NO_PENALTY");
    await wang.context().close();
    await li.context().close();
}

async function ended(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.wang);
    const inputs = violation();
    const made = await counter.register("wang", inputs);
    await openCase(page, inputs.plate);
    await page.context().clearCookies();
    const reason = "写到一半 <b>\"会话\"</b> & 结束了。";
    await depart(page, "NO_PENALTY", reason);
    check("an ended session asks to sign in and says that nothing is lost", /没有丢/.test(await text(page)));
    await page.fill("#user", "wang");
    await page.fill("#password", "wrong");
    await page.click("main .btn");
    check("a wrong password is told", /不对/.test(await text(page)));
    await page.fill("#password", counter.logins.wang.password);
    await page.click("main .btn");
    check("after signing in the form is filled again", (await page.inputValue("#reason")) === reason, await text(page));
    check("nothing was decided meanwhile", (await page.locator(ADOPT).count()) === 1);
    await page.click("#form .btn");
    await page.waitForSelector(".okbox");
    await page.goto(`/staff/cases/${made.id}`);
    check("and then it can be sent", (await text(page, "section[aria-labelledby=decision]")).includes(reason));
    await page.context().close();
}

async function registers(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.li);
    await page.goto(`/staff/cases/new?service=${SERVICE}`);
    const plate = violation().plate;
    await page.fill("#plate", plate);
    await page.fill("#priorVehicle", "一次");
    await page.click("main form .btn");
    const errors = await text(page, ".govuk-error-summary");
    check("what is wrong is listed", /违法代码/.test(errors) && /此前|次数|整数|数字/.test(errors), errors);
    check("what was typed stays", (await page.inputValue("#plate")) === plate && (await page.inputValue("#priorVehicle")) === "一次");
    await page.fill("#violationCode", "1039");
    await page.fill("#priorVehicle", "0");
    await page.check("#historyVerified");
    await page.click("header button[name=lang]");
    check("the other language keeps the entries", (await page.getAttribute("html", "lang")) === "en" &&
        (await page.inputValue("#violationCode")) === "1039" && (await page.isChecked("#historyVerified")));
    await page.click("main form .btn");
    await page.waitForSelector(".okbox");
    check("the case is registered and shows its code", /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.test(await text(page, ".okbox")));
    await page.goto(`/staff/cases?find=${encodeURIComponent(plate)}`);
    check("it is found by its plate", (await page.locator("#cases tbody tr").count()) === 1);
    await page.context().close();
}

// Nothing but keys, from the sign-in to the letter.
async function keys(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    const inputs = violation();
    await counter.register("wang", inputs);
    await page.goto("/staff/cases");
    const press = (key) => page.keyboard.press(key);
    for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement?.id === "user")); i++) await press("Tab");
    await page.keyboard.type("wang");
    await press("Tab");
    await page.keyboard.type(counter.logins.wang.password);
    await press("Enter");
    await page.waitForSelector("#cases");
    await press("/");
    await page.keyboard.type(inputs.plate);
    await press("Enter");
    await page.waitForURL(/find=/);
    await press("j");
    await press("Enter");
    await page.waitForSelector("#proposal");
    await press("x");
    check("X opens all rules", await page.evaluate(() => document.getElementById("rules").open));
    await page.evaluate(() => document.activeElement?.blur());
    await press("d");
    check("D opens the form and takes the cursor there", await page.evaluate(() => document.activeElement?.id === "outcome"));
    await press("Tab");
    await page.keyboard.type("adopt and depart are letters too");
    check("letters in a field are only letters", (await page.inputValue("#reason")) === "adopt and depart are letters too");
    await press("Escape");
    await press("a");
    await page.waitForSelector(".okbox");
    check("A adopts", true);
    for (let i = 0; i < 30 && !(await page.evaluate(() => document.activeElement?.id === "keys-switch")); i++) await press("Shift+Tab");
    await press("Enter");
    await page.evaluate(() => document.activeElement?.blur());
    const before = page.url();
    await press("a");
    await page.waitForTimeout(300);
    check("switched off, a letter does nothing", page.url() === before);
    await press("Escape");
    await page.waitForURL(/\/staff\/cases$/);
    check("Esc goes back to the list", true);
    check("no script or policy complaint", page.complaints.length === 0, page.complaints);
    await page.context().close();
}

async function limits(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.zhao);
    const inputs = violation();
    const made = await counter.register("wang", inputs);
    const answer = await page.goto(`/staff/cases/${made.id}`);
    check("a case of another office is not found", answer.status() === 404 && /没有这一页/.test(await text(page)));
    await page.click("header form button");
    await page.waitForSelector("#user");
    check("after signing out the list asks to sign in", (await page.goto("/staff/cases")).status() === 401);
    await page.context().close();
}

async function deadlines(counter, browser) {
    const page = await browser.person(counter, { width: 1440 });
    await signIn(page, counter.logins.wang);
    const inputs = violation();
    const made = await counter.register("wang", inputs);
    await counter.register("wang", { ...violation(), at: "2026-10-12T08:42", detection: "camera", reviewOk: false });
    await page.goto("/staff/cases");
    check("the worklist says what is late", /逾期 \d+ 天/.test(await text(page, "#cases")));
    await openCase(page, inputs.plate);
    const clock = page.locator(".clock", { hasText: "作出决定" });
    check("promised and statutory days stand with their basis", /承诺[\s\S]*5 个工作日[\s\S]*法定[\s\S]*90 日[\s\S]*第六十条/.test(await clock.innerText()));
    await clock.locator("summary").click();
    await clock.locator("button[value=suspend]").click();
    check("without a reason nothing stops", /请写理由/.test(await text(page, "#clock-error")));
    await clock.locator("summary").click();
    await clock.locator("textarea").fill("等鉴定结论");
    await clock.locator("button[value=suspend]").click();
    await page.waitForURL(/#clocks/);
    check("the clock stands still", /已暂停[\s\S]*等鉴定结论/.test(await clock.innerText()));
    await page.goto(`/track/${made.tracking_code}`);
    check("the person sees it with the reason", /作出决定[\s\S]*已暂停[\s\S]*等鉴定结论/.test(await text(page)));
    await page.context().close();
}

/* Four eyes: one asks for more time, another one who leads grants it. */
async function prolongs(counter, browser) {
    const wang = await browser.person(counter, { width: 1440 }), chen = await browser.person(counter, { width: 1440 });
    await signIn(wang, counter.logins.wang);
    await signIn(chen, counter.logins.chen);
    const inputs = violation(), made = await counter.register("wang", inputs), clock = (page) => page.locator(".clock", { hasText: "作出决定" });
    await openCase(wang, inputs.plate);
    const path = new URL(wang.url()).pathname;
    await clock(wang).locator("summary").click();
    await clock(wang).locator("textarea").fill("案情复杂，需要鉴定");
    await clock(wang).locator("input[name=days]").fill("30");
    await clock(wang).locator("button[value=extend]").click();
    await wang.waitForURL(/#clocks/);
    check("it waits for a second person", /申请延长 30 日[\s\S]*另一位负责人/.test(await clock(wang).innerText()) && (await clock(wang).locator("button[value=approve]").count()) === 0);
    await chen.goto(path);
    check("the supervisor reads who asks and why", /王警官申请延长 30 日[\s\S]*需要鉴定/.test(await clock(chen).innerText()));
    await clock(chen).locator("button[value=approve]").click();
    await chen.waitForURL(/#clocks/);
    check("the last day has moved", /延长 30 日/.test(await clock(chen).innerText()));
    await wang.goto(`/track/${made.tracking_code}`);
    check("the person reads the reason, and no name", /经批准延长 30 日[\s\S]*需要鉴定/.test(await text(wang)) && !/王警官|陈支队长/.test(await text(wang)));
    await wang.context().close();
    await chen.context().close();
}

export async function clerk(counter, browser) {
    await journey("a clerk finds a case, reads the proposal, adopts it", () => decide(counter, browser));
    await journey("an officer departs, then corrects", () => departs(counter, browser));
    await journey("two clerks have the same case open", () => together(counter, browser));
    await journey("a session ends in the middle of a sentence", () => ended(counter, browser));
    await journey("a clerk registers a violation", () => registers(counter, browser));
    await journey("a clerk works with keys only", () => keys(counter, browser));
    await journey("a clerk suspends a deadline", () => deadlines(counter, browser));
    await journey("a deadline is extended by two people", () => prolongs(counter, browser));
    await journey("offices and sessions are limits", () => limits(counter, browser));
}
