// Walk-in (journey 1, the hall): a finger presses twice and gets one ticket, the wall shows whom a clerk calls, the ticket's own
// page follows, a missed number comes back. And a wall that is open while its server starts again.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { place } from "../postgres/place.mjs";
import { accessible, check, Counter, journey, step, text } from "./lib.mjs";

const OFFICE = "demo-post"; /* its hall is nobody else's in these stories */
const json = { "Content-Type": "application/json" };

async function staff(counter, user) {
    const { name, password } = counter.logins[user];
    const answer = await counter.api("/api/v1/sessions", { method: "POST", headers: json, body: JSON.stringify({ user: name, password }) });
    const headers = { ...json, Cookie: answer.headers.get("set-cookie").split(";")[0] };
    return async (path, body = {}, version) => (await counter.api(path, {
        method: "POST", body: JSON.stringify(body),
        headers: { ...headers, "Idempotency-Key": randomUUID(), ...(version ? { "If-Match": `"${version}"` } : {}) },
    })).json();
}

const number = async (page) => (await text(page, ".slip .tno")).trim();

async function walkIn(counter, browser) {
    const office = "demo-county";
    const kiosk = await browser.person(counter, { width: 1080, height: 1920 });
    const wall = await browser.person(counter, { width: 1920, height: 1080 });
    const phone = await browser.person(counter, { width: 390, height: 800 });
    const wang = await staff(counter, "wang");
    await wang("/api/v1/counters/w3/actions/sit");
    await wall.goto(`/display/${office}`);
    await kiosk.goto(`/kiosk/${office}`);
    await step(kiosk, "1 hall: the kiosk");
    check("a kiosk has at most six buttons", (await kiosk.locator(".kbtn").count()) <= 6);
    await accessible(kiosk, "kiosk");
    await kiosk.dblclick(".kbtn >> nth=0");
    await kiosk.waitForSelector(".slip");
    const mine = await number(kiosk), code = await kiosk.getAttribute("body", "data-slip");
    await step(kiosk, "1 hall: the ticket");
    await kiosk.goto(`/kiosk/${office}`);
    await Promise.all([kiosk.waitForNavigation(), kiosk.click(".kbtn >> nth=0")]);
    check("two presses at once gave one number", Number((await number(kiosk)).slice(1)) === Number(mine.slice(1)) + 1, `${mine}, ${await number(kiosk)}`);
    await phone.goto(`/tickets/${code}`);
    check("one's own page says that one waits", (await text(phone)).includes("请等候") && (await text(phone)).includes(mine));
    await step(phone, "1 hall: the ticket's own page");

    let called;
    do called = await wang("/api/v1/queues/all/call-next");
    while (called.ticket.label !== mine && await wang(`/api/v1/tickets/${called.id}/actions/miss`, {}, called.version));
    await wall.waitForFunction((label) => document.getElementById("n").textContent === label, mine);
    check("the wall shows the number and the window", (await text(wall, "#w")).trim() === "3", await text(wall, "#w"));
    check("the wall knows no name", !/王|wang/i.test(await wall.content()));
    await step(wall, "1 hall: the wall");
    await phone.reload();
    check("one's own page says where to go", (await text(phone)).includes("请到 3 号窗口"), await text(phone));

    const missed = await wang(`/api/v1/tickets/${called.id}/actions/miss`, {}, called.version);
    await phone.reload();
    check("a missed number is told how it comes back", (await text(phone)).includes("过号"));
    await wang(`/api/v1/tickets/${called.id}/actions/restore`, {}, missed.version);
    const again = await wang("/api/v1/queues/all/call-next");
    check("and is called before who came later", again.ticket.label === mine, again.ticket.label);
    const there = await wang(`/api/v1/tickets/${called.id}/actions/arrive`, {}, again.version);
    await wang(`/api/v1/tickets/${called.id}/actions/finish`, {}, there.version);
    await phone.reload();
    check("one's own page says that it is done", (await text(phone)).includes("已办完"));
    await wang("/api/v1/counters/w3/actions/leave");
    for (const page of [kiosk, wall, phone]) check("no page complained", page.complaints.length === 0, page.complaints.join("; "));
    for (const page of [kiosk, wall, phone]) await page.context().close();
}

async function closedHall(counter, browser) {
    const page = await browser.person(counter, { lang: "en", width: 1080, height: 1920 });
    await page.goto(`/kiosk/${OFFICE}`);
    const open = (await page.locator(".kbtn:enabled").count()) > 0;
    check("a hall gives tickets in its hours, and says them when it is closed", open || /No tickets at this time|Closed today/.test(await text(page)), await text(page));
    await page.context().close();
}

/* The same folder and port again, as a machine that was switched off and on. */
async function restarted(browser, binary) {
    const first = new Counter(binary);
    await first.ready;
    const li = await staff(first, "li");
    await li("/api/v1/counters/w2/actions/sit");
    await first.api("/api/v1/tickets", { method: "POST", headers: { ...json, "Idempotency-Key": randomUUID() }, body: JSON.stringify({ office: "demo-county", queue: "licence" }) });
    const wall = await browser.person(first, { width: 1920, height: 1080 });
    await wall.goto("/display/demo-county");
    const gone = new Promise((resolve) => first.process.on("exit", resolve));
    first.process.removeAllListeners("exit");
    first.process.on("exit", () => {});
    first.process.kill("SIGTERM");
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 3000))]);
    await wall.waitForSelector("#line:not([hidden])");
    check("a wall without its server says so", true);
    const second = spawn(binary, ["serve", "--demo", ...place(join(first.dir, "data")), "--port", new URL(first.url).port]);
    await new Promise((resolve) => second.stdout.on("data", (bytes) => String(bytes).includes("ready ") && resolve()));
    const began = Date.now();
    await wall.waitForFunction(() => document.getElementById("line").hidden);
    const took = Date.now() - began;
    check("a wall is back within a second of its server", took <= 1000, `${took} ms`);
    const called = await li("/api/v1/queues/all/call-next");
    await wall.waitForFunction((label) => document.getElementById("n").textContent === label, called.ticket.label);
    check("and shows the next call", true);
    await wall.context().close();
    second.kill("SIGTERM");
    await new Promise((resolve) => second.on("exit", resolve));
    await first.close();
}

export const hall = async (counter, browser, binary) => {
    await journey("hall: a number, a call, a wall", () => walkIn(counter, browser));
    await journey("hall: hours", () => closedHall(counter, browser));
    await journey("hall: a server that starts again", () => restarted(browser, binary));
};
