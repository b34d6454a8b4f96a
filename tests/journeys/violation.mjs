// Journey 5: a first minor violation ends with a warning, told with its rule and article in the letter; a second one of the
// same vehicle comes out differently, and the explanation names the input that made the difference.
import { check, journey, signIn, step, text, violation } from "./lib.mjs";

async function decided(page, id, name) {
    await page.goto(`/staff/cases/${id}`);
    await step(page, `5 violation: ${name}, proposed`);
    const seen = await text(page);
    await page.click("#adopt");
    await page.waitForURL(/done=/);
    return seen;
}

async function twice(counter, browser) {
    const page = await browser.person(counter, { lang: "en", width: 1440 });
    await signIn(page, counter.logins.wang);
    const { plate } = violation();
    const first = await counter.register("wang", violation({ plate, at: "2026-11-16T08:42" }));
    const one = await decided(page, first.id, "first");
    check("the first time a warning is proposed, with rule and article", /Warning/.test(one) && /D5/.test(one) && /第九十条/.test(one), one);
    await page.goto(`/staff/cases/${first.id}/letters/1`);
    await step(page, "5 violation: the letter");
    check("the letter gives a warning, the article and how to appeal", /warning[\s\S]*reconsideration/i.test(await text(page)), await text(page));
    const second = await counter.register("wang", violation({ plate, at: "2026-11-20T09:10" }));
    const two = await decided(page, second.id, "second");
    check("the second time the outcome is another", !/Adopt: Warning/.test(two), two);
    check("and the explanation counts the earlier one", /Earlier violations of the vehicle\s+1/.test(two), two);
    const resident = await browser.person(counter, { lang: "zh", width: 390 });
    for (const [made, name] of [[first, "first"], [second, "second"]]) {
        await resident.goto(`/track/${made.tracking_code}`);
        await step(resident, `5 violation: ${name}, as the resident sees it`);
        const told = await text(resident);
        check(`the ${name} is told to the resident with its reason`, /为什么|理由/.test(told) && /第[一二三四五六七八九十百]+条/.test(told), told);
    }
    await resident.context().close();
    await page.context().close();
}

export async function firstViolation(counter, browser) {
    await journey("a first and a second minor violation", () => twice(counter, browser));
}
