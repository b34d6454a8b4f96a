// Every page, and how to come to it. A row of the route table that no visit names fails every test of pages, so a new
// page is looked at from its first day. A visit: {row, name, as, open}; `as`: the demo user who is signed in; `open` walks
// there and leaves the page open. Visits of one person run in this order, in one browser context.
import { signIn, violation, SERVICE } from "../journeys/lib.mjs";

const RENEWAL = "licence-renewal";
const at = (path) => (page, world) => page.goto(typeof path === "function" ? path(world) : path);
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const GO = "#form .btns .btn:not(.two)";

// The first choice of each question, and the date that renewal asks for.
async function answerAll(page) {
    for (const set of await page.locator("main fieldset").all()) await set.locator("input").first().check();
    for (const list of await page.locator("main select").all()) await list.selectOption({ index: 1 });
    if (await page.locator("#validTo").count()) await page.fill("#validTo", "2026-12-20");
}

async function precheck(page, service, fill) {
    await page.goto(`/pre-check/${service}`);
    await fill(page);
    await press(page, "main form .btns .btn");
}

// ---- an application, page by page ---------------------------------------------------------------------------------
async function aboutApplicant(page, phone) {
    await page.selectOption("#applicantType", "resident");
    await page.fill("#personName", "李某");
    await page.fill("#personId", "530000199001010017");
    await page.fill("#phone", phone);
    await press(page, GO);
}

async function aboutLicence(page) {
    await page.check("#term");
    await page.fill("#validTo", "2026-12-20");
    await page.check("#fullMarks-1");
    await page.selectOption("#carClass", "ordinary");
    await page.check("#issuedHere");
    await press(page, GO);
}

const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") };
const photo = { name: "体检.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==", "base64") };

async function sendPaper(page, kind, file) {
    await page.setInputFiles(`#file-${kind}`, file);
    await page.click(`#file-${kind} >> xpath=ancestor::form >> button`);
}

async function wrongPaper(page) {
    await sendPaper(page, "id-resident", notes);
    await page.waitForSelector(".govuk-error-message");
}

async function handIn(page) {
    await page.goto(`/apply/${RENEWAL}/check`);
    await page.check("#office");
    await page.check("#declare");
    await press(page, GO);
}

const resident = [
    ["GET /", "home", at("/")],
    ["GET /services", "services", at("/services")],
    ["GET /services", "services found", at("/services?q=licence")],
    ["GET /services", "services not found", at("/services?q=passpord")],
    ["GET /services", "services by life event", at("/services?event=driving")],
    ["GET /services/{service}", "guide", at(`/services/${RENEWAL}`)],
    ["GET /services/{service}", "guide without questions", at(`/services/${SERVICE}`)],
    ["GET /about/services", "what is verified", at("/about/services")],
    ["GET /pre-check/{service}", "pre-check", at(`/pre-check/${RENEWAL}`)],
    ["POST /pre-check/{service}", "pre-check with faults", (page) => precheck(page, RENEWAL, async () => {})],
    ["POST /pre-check/{service}", "pre-check answered", (page) => precheck(page, RENEWAL, answerAll)],
    ["POST /pre-check/{service}", "pre-check with an outcome", (page) => precheck(page, SERVICE, () => page.fill("#violationCode", "1039"))],
    ["GET /track", "track", at("/track")],
    ["GET /track", "track, wrong code", at("/track?code=K7Q4-M2XD-9WUB-C")],
    ["GET /track/{code}", "track, waiting", at((w) => `/track/${w.open.tracking_code}`)],
    ["GET /track/{code}", "track, decided", at((w) => `/track/${w.closed.tracking_code}`)],
    ["GET /track/{code}/access", "who looked", at((w) => `/track/${w.closed.tracking_code}/access`)],
    ["GET /track/{code}/letters/{no}", "letter", at((w) => `/track/${w.closed.tracking_code}/letters/1`)],
    ["GET /track/{code}", "track, something missing", at((w) => `/track/${w.told.tracking_code}`)],
    ["GET /track/{code}/notice", "what is missing", at((w) => `/track/${w.told.tracking_code}/notice`)],
    ["POST /track/{code}/notice", "what is missing, with a wrong proof", async (page, w) => {
        await page.goto(`/track/${w.told.tracking_code}/notice`);
        await page.fill("#note", "x");
        await page.fill("#proof", "0000");
        await press(page, GO);
    }],
    ["GET /track/{code}/files", "own papers, not shown yet", at((w) => `/track/${w.told.tracking_code}/files`)],
    ["POST /track/{code}/files", "own papers, wrong proof", async (page, w) => {
        await page.goto(`/track/${w.told.tracking_code}/files`);
        await page.fill("#proof", "0000");
        await press(page, GO);
    }],
    ["GET /track/{code}/files", "own papers, asked for", async (page, w) => {
        await page.goto(`/track/${w.told.tracking_code}/files`);
        await page.fill("#proof", "4321");
        await press(page, GO);
        await Promise.all([page.waitForNavigation(), sendPaper(page, "medical", photo)]);
        await page.waitForSelector("form.file");
    }],
    ["POST /track/{code}/files", "own papers, one not taken", (page) => sendPaper(page, "medical", notes)],
    ["GET /track/{code}/notice", "what is missing, with a paper", at((w) => `/track/${w.told.tracking_code}/notice`)],
    ["GET /track/{code}/receipts/{no}", "receipt, for who paid", at((w) => `/track/${w.applied.tracking_code}/receipts/1`)],
    ["GET /track/{code}/withdraw", "withdrawal", at((w) => `/track/${w.applied.tracking_code}/withdraw`)],
    ["POST /track/{code}/withdraw", "withdrawal without a yes", async (page, w) => {
        await page.goto(`/track/${w.applied.tracking_code}/withdraw`);
        await press(page, GO);
    }],
    ["GET /track/{code}/rate", "rating", at((w) => `/track/${w.closed.tracking_code}/rate`)],
    ["POST /track/{code}/rate", "rating without a level", async (page, w) => {
        await page.goto(`/track/${w.closed.tracking_code}/rate`);
        await press(page, GO);
    }],
    ["GET /apply/{service}", "application", at(`/apply/${RENEWAL}`)],
    ["POST /apply/{service}", "application, first page", (page) => press(page, "main form .btn")],
    ["POST /apply/{service}/{step}", "application with a fault", (page) => aboutApplicant(page, "12")],
    ["GET /apply/{service}/{step}", "application, second page", (page) => aboutApplicant(page, "138 0000 0000")],
    ["GET /apply/{service}/later", "application left", at(`/apply/${RENEWAL}/later`)],
    ["GET /apply/{service}", "application begun", at(`/apply/${RENEWAL}`)],
    ["GET /apply", "going on", at("/apply")],
    ["GET /apply/{service}/files", "papers", async (page) => {
        await page.goto(`/apply/${RENEWAL}/2`);
        await aboutLicence(page);
    }],
    ["POST /apply/{service}/files", "papers, a wrong one", wrongPaper],
    ["GET /apply/{service}/check", "application check", at(`/apply/${RENEWAL}/check`)],
    ["POST /apply/{service}/check", "application check with faults", (page) => press(page, GO)],
    ["GET /apply/{service}/receipt", "receipt", handIn],
    ["POST /apply", "going on, wrong code", async (page) => {
        await page.goto("/apply");
        await page.fill("#code", "0000-0000-0000-0");
        await press(page, "main form .btn");
    }],
    ["GET /kiosk/{office}", "kiosk", at("/kiosk/demo-county")],
    ["GET /kiosk/{office}", "kiosk, large", at("/kiosk/demo-county?large=1")],
    ["POST /kiosk/{office}", "kiosk, no such queue", async (page) => {
        await page.goto("/kiosk/demo-county");
        await page.$eval("button[name=queue]", (button) => { button.value = "none"; });
        await press(page, "button[name=queue]");
    }],
    ["GET /kiosk/{office}/{code}", "slip", async (page) => {
        await page.goto("/kiosk/demo-county");
        await press(page, "button[name=queue]");
        await page.goto(new URL(page.url()).pathname);
    }],
    ["GET /tickets/{code}", "ticket", (page) => page.goto(`/tickets/${page.url().split("/").pop()}`)],
    ["GET /tickets/{code}/rate", "rating of a visit, not yet", (page) => page.goto(`${page.url()}/rate`)],
    ["GET /display/{office}", "wall", at("/display/demo-county")],
    ["GET /book/{service}", "booking, where", at(`/book/${RENEWAL}`)],
    ["GET /book/{service}", "booking, day and time", at(`/book/${RENEWAL}?office=demo-county`)],
    ["POST /book/{service}", "booking, a time that is taken", async (page) => {
        await page.goto(`/book/${RENEWAL}?office=demo-county`);
        await page.$eval(".times button", (button) => (button.value = "1"));
        await press(page, ".times button");
    }],
    ["GET /appointments", "appointment code", at("/appointments")],
    ["GET /appointments", "appointment code, wrong", at("/appointments?code=K7Q4-M2XD-9WUB-C")],
    ["GET /appointments/{code}", "appointment, held", at((w) => `/appointments/${w.held.code}`)],
    ["POST /appointments/{code}", "appointment, with a fault", async (page, w) => {
        await page.goto(`/appointments/${w.held.code}`);
        await press(page, "#form .btn");
    }],
    ["GET /appointments/{code}", "appointment, to be confirmed", async (page, w) => {
        await page.goto(`/appointments/${w.held.code}?correct=1`);
        await page.fill("#name", "张某");
        await page.fill("#person", "530000199001010025");
        await page.fill("#phone", "13800000001");
        await press(page, "#form .btn");
    }],
    ["GET /appointments/{code}", "appointment, booked", at((w) => `/appointments/${w.booked.code}`)],
    ["GET /appointments/{code}/move", "appointment, to be moved", at((w) => `/appointments/${w.booked.code}/move`)],
    ["GET /appointments/{code}/cancel", "appointment, to be cancelled", at((w) => `/appointments/${w.booked.code}/cancel`)],
    ["GET /kiosk/{office}/check-in", "check-in", at("/kiosk/demo-county/check-in")],
    ["POST /kiosk/{office}/check-in", "check-in, wrong code", async (page) => {
        await page.goto("/kiosk/demo-county/check-in");
        await page.fill("#code", "0000-0000-0000-0");
        await press(page, "#form .btn");
    }],
    ["GET /demo/messages", "messages of a demonstration", at("/demo/messages")],
    ["GET /none", "no such page", at("/none")],
    ["GET /staff/sign-in", "sign-in", at("/staff/sign-in")],
].map(([row, name, open]) => ({ row, name, open }));

// ---- staff ------------------------------------------------------------------------------------------------------------
async function refusedDecision(page, world) {
    await page.goto(`/staff/cases/${world.open.id}`);
    await page.click("#depart > summary");
    await press(page, "#form .btn");
}

async function staleDecision(page, world) {
    await refusedDecision(page, world);
    await page.fill("#reason", "当事人主动改正。");
    await page.selectOption("#outcome", "NO_PENALTY");
    await page.$eval("#form input[name=version]", (input) => (input.value = "1"));
    await press(page, "#form .btn");
}

async function faultyRegistration(page) {
    await page.goto(`/staff/cases/new?service=${SERVICE}`);
    await press(page, "#form > p:last-of-type .btn");
}

// A ticket for the licence queue, and the counter at which it is called.
async function callNext(page) {
    await page.request.post("/api/v1/tickets", { data: { office: "demo-county", queue: "licence", services: [RENEWAL] }, headers: { "idempotency-key": "pages-" + Math.random() } });
    await press(page, "button[value=sit]");
    await press(page, "#next");
}

// Nobody at the counter, and nobody in front of it: what the visits before left is ended.
async function away(page) {
    await page.goto("/staff/desk");
    for (const button of ["#arrive", "#finish", "#leave"]) if (await page.locator(button).count()) await press(page, button);
}

async function faultyNotice(page, world) {
    await page.goto(`/staff/cases/${world.applied.id}`);
    await page.click("#notice > summary");
    await page.fill("#days", "0");
    await press(page, "#send-notice");
}

async function twoPasswords(page) {
    await page.goto("/staff/password");
    await page.fill("#fresh", "one of them, long");
    await press(page, "main .btn");
}

async function takenLogin(page) {
    await page.goto("/staff/admin");
    await page.click("main details > summary");
    await page.fill("#login", "wang");
    await page.fill("#name_zh", "王");
    await page.fill("#name_en", "Wang");
    await press(page, "main details[open] .btn");
}

async function aboutToDisable(page) {
    await page.goto("/staff/admin/users/wang");
    await press(page, "button[value=disable]");
}

const staff = [
    ["GET /staff", "staff first page", at("/staff"), "wang"],
    ["GET /staff/cases", "worklist", at("/staff/cases"), "wang"],
    ["GET /staff/cases", "worklist, empty", at("/staff/cases?find=nothing"), "wang"],
    ["GET /staff/desk", "desk, away", away, "li"],
    ["POST /staff/desk", "desk, called", callNext, "li"],
    ["GET /staff/desk/{ticket}", "desk, serving", (page) => press(page, "#arrive"), "li"],
    ["POST /staff/desk/{ticket}", "desk, sent on without a reason", async (page) => {
        await page.click("#transfer > summary");
        await press(page, "#transfer button");
    }, "li"],
    ["POST /staff/desk/{ticket}/services/{service}", "desk, form with faults", async (page) => {
        await page.goto("/staff/desk");
        await press(page, ".picks a");
        await press(page, "#register");
    }, "li"],
    ["POST /staff/desk/{ticket}/cases/{id}", "desk, note without a word", async (page) => {
        await page.fill("#personName", "李某");
        await page.selectOption("#applicantType", "resident");
        await page.fill("#personId", "530000199001010017");
        await page.fill("#phone", "138 0000 0000");
        await page.check("#term");
        await page.fill("#validTo", "2026-12-20");
        await page.check("#fullMarks-1");
        await page.selectOption("#carClass", "ordinary");
        await page.check("#issuedHere");
        await press(page, "#register");
        await press(page, "#leave-note");
    }, "li"],
    ["GET /staff/cases/{id}/receipts/{no}", "receipt", async (page) => {
        await press(page, "#pay");
        await press(page, "#fees a");
    }, "li"],
    ["GET /staff/cash", "drawers", at("/staff/cash"), "li"],
    ["POST /staff/cash", "drawers, a difference without a reason", async (page) => {
        await page.fill("[name=cash]", "1");
        await press(page, "form[method=post] .btn:not(.two)");
    }, "li"],
    ["GET /staff/register", "services to register", at("/staff/register"), "wang"],
    ["GET /staff/register", "services to register, none", at("/staff/register?find=passpord"), "wang"],
    ["GET /staff/cases/{id}", "case, to be accepted", at((w) => `/staff/cases/${w.applied.id}`), "wang"],
    ["GET /staff/cases/{id}", "case, told what is missing", at((w) => `/staff/cases/${w.told.id}`), "wang"],
    ["POST /staff/cases/{id}/files", "case, a scan not taken", async (page, w) => {
        await page.goto(`/staff/cases/${w.told.id}`);
        await page.click("#supply > summary");
        await page.setInputFiles("#file", notes);
        await press(page, "#file >> xpath=ancestor::form >> button");
    }, "wang"],
    ["POST /staff/cases/{id}/correction-notice", "notice with faults", faultyNotice, "wang"],
    ["GET /staff/cases/new", "registration", at(`/staff/cases/new?service=${SERVICE}`), "wang"],
    ["POST /staff/cases/new", "registration with faults", faultyRegistration, "wang"],
    ["GET /staff/cases/{id}", "case", at((w) => `/staff/cases/${w.open.id}`), "wang"],
    ["GET /staff/cases/{id}", "case, decided", at((w) => `/staff/cases/${w.closed.id}`), "wang"],
    ["GET /staff/cases/{id}/process", "process", at((w) => `/staff/cases/${w.open.id}/process`), "wang"],
    ["GET /staff/cases/{id}/letters/{no}", "letter of a case", at((w) => `/staff/cases/${w.closed.id}/letters/1`), "wang"],
    ["POST /staff/cases/{id}/depart", "decision refused", refusedDecision, "wang"],
    ["POST /staff/cases/{id}/depart", "decision on an old version", staleDecision, "wang"],
    ["GET /staff/cases/{id}", "no such case", at("/staff/cases/none"), "wang"],
    ["GET /staff/appointments", "appointments today", at("/staff/appointments"), "wang"],
    ["POST /staff/appointments", "appointments today, nobody found", async (page) => {
        await page.goto("/staff/appointments");
        await page.fill("#person", "530000199001010000");
        await press(page, "#by-person .btn");
    }, "wang"],
    ["POST /staff/cases/{id}/receipts/{no}", "receipt, given back without a reason", async (page, w) => {
        await page.goto(`/staff/cases/${w.applied.id}/receipts/1`);
        await page.click("#refund > summary");
        await press(page, "#refund button");
    }, "chen"],
    ["GET /staff/ratings", "ratings", at("/staff/ratings"), "chen"],
    ["GET /staff/password", "another password", at("/staff/password"), "wang"],
    ["POST /staff/password", "another password, twice not the same", twoPasswords, "wang"],
    ["GET /staff/admin", "offices and users", at("/staff/admin"), "admin"],
    ["POST /staff/admin", "offices and users, a login that is taken", takenLogin, "admin"],
    ["GET /staff/admin/users/{login}", "a user", at("/staff/admin/users/wang"), "admin"],
    ["POST /staff/admin/users/{login}", "a user, about to be disabled", aboutToDisable, "admin"],
    ["GET /staff/admin/packs", "versions of services", at("/staff/admin/packs"), "admin"],
    ["GET /staff/admin/packs/{service}", "versions of a service", at("/staff/admin/packs/licence-lost"), "admin"],
    ["GET /staff/admin/calendars", "days off by year", at("/staff/admin/calendars"), "admin"],
    ["GET /staff/board", "board", at("/staff/board"), "chen"],
    ["POST /staff/board/assign", "board, nothing ticked", async (page) => {
        await page.goto("/staff/board");
        await press(page, "#give");
    }, "chen"],
    ["GET /staff/stuck", "what is stuck", at("/staff/stuck"), "chen"],
    ["GET /staff/cases/{id}/process", "process, to be moved", at((w) => `/staff/cases/${w.open.id}/process`), "chen"],
].map(([row, name, open, as]) => ({ row, name, open, as }));

export const visits = [...resident, ...staff];

// Rows that show no page of their own: they lead to another, or answer with a file.
export const pageless = {
    "GET /services/{service}/images/{name}": "a picture",
    "GET /staff/drawings/{hash}": "a drawing for the viewer",
    "GET /apply/{service}/save": "a file",
    "GET /appointments/{code}/calendar": "a file",
    "POST /appointments/{code}/move": "leads to the appointment, or shows the times again as booking does",
    "POST /appointments/{code}/cancel": "leads to the appointment",
    "GET /apply/{service}/files/{id}": "a file",
    "GET /track/{code}/files/{no}": "a file",
    "GET /staff/cases/{id}/files/{no}": "a file",
    "POST /apply/{service}/forget": "leads to the form for a draft's code",
    "POST /tickets/{code}/rate": "leads to the page of the rating, or shows it with faults as that of a case does",
    "POST /tickets/{code}": "leads to the ticket",
    "POST /track/{code}/pay": "leads to the case",
    "POST /staff/tickets/{id}/reprint": "leads to the slip",
    "POST /staff/sign-in": "leads to where one was, or shows the sign-in",
    "POST /staff/sign-out": "leads to the first page",
    "POST /staff/cases/{id}/adopt": "leads to the case",
    "POST /staff/cases/{id}/correct": "leads to the case, or shows it with faults as depart does",
    "POST /staff/cases/{id}/second": "leads to the case, or shows it with faults as depart does",
    "POST /staff/cases/{id}/assign": "leads to the case, or shows it with faults; the story of the board looks at it",
    "GET /staff/board/export": "a file",
    "POST /staff/cases/{id}/clock": "leads to the case, or shows it with faults",
    "POST /staff/cases/{id}/process": "leads to the process, or shows it with faults",
    "POST /staff/cases/{id}/check": "leads to the case, or shows it with faults; the story of once looks at it",
    "POST /staff/cases/{id}/accept": "leads to the case",
    "POST /staff/cases/{id}/refuse": "leads to the case, or shows it with faults as the notice does",
    "POST /staff/cases/{id}/supply": "leads to the case, or shows it with faults as the notice does",
    "POST /staff/cases/{id}/withdraw": "leads to the case, or shows it with faults as the notice does",
    "POST /staff/ratings": "shows the ratings; the story of once looks at it",
    "POST /staff/stuck": "shows what is stuck; the story of stuck looks at it",
};

const APPLICATION = {
    applicantType: "resident", personName: "岩温（样例）", personId: "53280119900101123X", phone: "138 0000 4321",
    term: "6", validTo: "2027-01-10", fullMarks: "no", carClass: "ordinary", issuedHere: "yes",
};
const MISSING = { items: [{ evidence: "medical", fault: "outdated", text: "2026-03-02" }, { field: "phone", text: "少一位" }], days: 10 };

async function tell(counter, made) {
    await counter.api(`/api/v1/cases/${made.id}/correction-notices`, {
        method: "POST", body: JSON.stringify(MISSING),
        headers: { "Content-Type": "application/json", Cookie: counter.cookies.wang, "If-Match": `"${made.version}"`, "Idempotency-Key": "tell" },
    });
}

async function act(counter, made, action, json) {
    await counter.api(`/api/v1/cases/${made.id}/actions/${action}`, {
        method: "POST", body: JSON.stringify(json),
        headers: { "Content-Type": "application/json", Cookie: counter.cookies.wang, "If-Match": `"${made.version}"`, "Idempotency-Key": action },
    });
}

// What the pages tell of: a case that waits for its decision, and one that has it; an application, and one whose applicant
// was told what is missing.
export async function world(counter, browser) {
    const open = await counter.register("wang", violation({ defence: "送孩子，停了三分钟。", personId: "5300**********0017" }));
    const closed = await counter.register("wang", violation());
    const applied = await counter.register("wang", APPLICATION, RENEWAL), told = await counter.register("wang", APPLICATION, RENEWAL);
    await tell(counter, told);
    await act(counter, applied, "pay", { method: "cash", counter: "w9" });
    const held = await counter.book("530000199001010025", "held"), booked = await counter.book("530000199001010017");
    const officer = await browser.person(counter);
    await signIn(officer, counter.logins.wang);
    await officer.goto(`/staff/cases/${closed.id}`);
    await officer.click("#adopt");
    await officer.waitForSelector(".okbox");
    await officer.context().close();
    return { held, booked, open, closed, applied, told };
}
