// The beginning of journey 2: a resident searches in their own words, reads the guide, answers the pre-check, sees what
// to bring, what it costs and the law, and starts an application that has the answers already. With and without script.
import { check, journey, step, text } from "./lib.mjs";

const go = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

async function search(page, words) {
    await page.goto("/");
    await page.fill("#q", words);
    await go(page, "form[role=search] .btn");
    return text(page, ".svc li:first-child");
}

async function finds(counter, browser, script) {
    const page = await browser.person(counter, { width: 390, script, lang: "en" });
    await page.goto("/");
    await step(page, "2 at home: the first page");
    const first = await search(page, "lost vehicle licence");
    await step(page, "2 at home: found");
    check("words in any order find the service", /Replace a vehicle licence/.test(first), first);
    await go(page, ".svc li:first-child a");
    await step(page, "2 at home: the guide");
    const guide = await text(page);
    check("the guide says fee, days, who and law, and what is not verified", /10 yuan/.test(guide) && /1 working day/.test(guide) &&
        /Who can apply/.test(guide) && /article 52/.test(guide) && /not verified/i.test(guide), guide);
    await go(page, "main a.btn");
    await page.selectOption("#applicantType", "resident");
    await page.check("#lostOrDamaged");
    await page.check("#registeredHere");
    await step(page, "2 at home: the questions");
    await go(page, "main form .btns .btn");
    await step(page, "2 at home: what to bring");
    const answer = await text(page);
    check("the answer says what to bring, what it costs and how long it takes", /What to bring[\s\S]*Resident identity card[\s\S]*10 yuan[\s\S]*By law 1 working day/.test(answer), answer);
    check("with the text of the article", /第五十二条/.test(answer), answer);
    check("nothing that was answered is in the address", page.url().endsWith("/pre-check/vehicle-licence-replace"), page.url());
    await go(page, "form[action^='/apply/'] .btn");
    if (/\/apply\/[a-z-]+$/.test(page.url())) await go(page, "main form .btn");
    await step(page, "2 at home: the application has the answers");
    check("the application has the answers", (await page.inputValue("#applicantType")) === "resident", await text(page));
    check("no script or policy complaint", page.complaints.length === 0, page.complaints);
    await page.context().close();
}

async function otherWords(counter, browser) {
    const page = await browser.person(counter);
    const ways = { "驾照丢了": /遗失补领/, qmhz: /期满换证/, "临牌": /临时行驶车号牌/, "ＬＳＰＺ": /临时行驶车号牌/, "我的驾驶证快过期了": /期满换证/ };
    for (const [words, service] of Object.entries(ways)) {
        const first = await search(page, words);
        check(`${words} finds it`, service.test(first), first);
    }
    await page.goto("/services?q=%E7%BB%93%E5%A9%9A%E7%99%BB%E8%AE%B0");
    const none = await text(page);
    check("what is not here is said, with somebody to ask", /没有找到/.test(none) && /0000-000 0000/.test(none) && /8:30/.test(none), none);
    await page.goto(`/services?q=${encodeURIComponent("<script>alert(1)</script>")}`);
    check("what was typed is text", (await page.inputValue("#q")) === "<script>alert(1)</script>" && page.complaints.length === 0, page.complaints);
    await page.goto("/");
    await go(page, ".life a[href$='event=lost-papers']");
    check("a life event lists its services", (await page.locator(".svc li").count()) >= 3, await text(page));
    check("one that is none is not found", (await page.goto("/services?event=none")).status() === 404);
    await page.context().close();
}

// What is answered in the pre-check does not apply: why not, with the rule and its article, and no way to apply.
async function refused(counter, browser) {
    const page = await browser.person(counter);
    await page.goto("/pre-check/licence-renewal");
    await page.selectOption("#applicantType", "resident");
    for (const set of await page.locator("main fieldset").all()) await set.locator("input").first().check();
    for (const list of await page.locator("main select").all()) await list.selectOption({ index: 1 });
    await page.fill("#validTo", "2035-12-20");
    await go(page, "main form .btns .btn");
    const told = await text(page);
    check("too early is said with the rule and its article", /规则 E\d/.test(told) && /第六十三条/.test(told) && (await page.locator(".reasons .not").count()) >= 1, told);
    check("and no application is offered", (await page.locator("form[action^='/apply/']").count()) === 0);
    await page.context().close();
}

export async function find(counter, browser) {
    await journey("a resident finds a service", () => finds(counter, browser, true));
    await journey("the same without script", () => finds(counter, browser, false));
    await journey("words of all kinds", () => otherWords(counter, browser));
    await journey("a resident may not apply yet", () => refused(counter, browser));
}
