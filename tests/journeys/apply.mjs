// A resident at home (journey 2): starts without an account, leaves, goes on with the code on another device, switches
// language, loses the line, checks, hands in twice, gets a receipt. With and without script, and with keys only.
import { accessible, check, fits, journey, step, text } from "./lib.mjs";

const SERVICE = "licence-renewal";
export const PERSON = { personName: "李某", personId: "530000199001010017", phone: "138 0000 0000" };

async function person(page, more = {}) {
    await page.selectOption("#applicantType", "resident");
    for (const [key, value] of Object.entries({ ...PERSON, ...more })) await page.fill(`#${key}`, value);
}

async function licence(page) {
    await page.check("#term");
    await page.fill("#validTo", "2026-12-20");
    await page.check("#fullMarks-1");
    await page.selectOption("#carClass", "ordinary");
    await page.check("#issuedHere");
}

const go = async (page, selector = "#form .btns .btn:not(.two)") => {
    const arrived = page.waitForNavigation();
    await page.click(selector);
    await arrived;
};

async function looked(page, name) {
    await accessible(page, name);
    await fits(page, name);
    await step(page, `2 at home: ${name}`);
}

async function atHome(counter, browser, script) {
    const phone = await browser.person(counter, { width: 390, script });
    await phone.goto(`/apply/${SERVICE}`);
    if (script) await looked(phone, "start of an application");
    await go(phone, "main form .btn");
    check("the first page asks who applies", /第 1 步，共 4 步/.test(await text(phone)), await text(phone));
    await person(phone, { phone: "12" });
    await go(phone);
    check("a fault is told at the top and at the field", (await phone.locator("#phone-error").count()) === 1 && (await phone.inputValue("#phone")) === "12");
    if (script) await looked(phone, "a page with a fault");
    await phone.fill("#phone", PERSON.phone);
    await phone.fill("#personName", "李某");
    await go(phone, "header button[name=lang]");
    check("the other language keeps every entry and judges none", (await phone.getAttribute("html", "lang")) === "en" &&
        (await phone.inputValue("#personName")) === "李某" && (await phone.inputValue("#phone")) === PERSON.phone &&
        (await phone.locator(".govuk-error-summary").count()) === 0, await text(phone));
    await go(phone, "header button[name=lang]");
    await go(phone);
    check("the second page follows", /第 2 步/.test(await text(phone)), await text(phone));
    await phone.check("#term");
    await go(phone, "#form button[name=later]");
    const code = await text(phone, ".code.xl");
    check("leaving shows the draft's code", /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/.test(code), code);
    if (script) await looked(phone, "leaving");
    await go(phone, "main form .btn");
    check("the device forgets when asked", /没有您的草稿/.test(await text(phone)), await text(phone));
    await phone.context().close();
    await elsewhere(counter, browser, script, code);
}

// A photo as a phone makes it: 3000 by 2000 pixels.
const photo = (page) => page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [3000, 2000];
    const c = canvas.getContext("2d");
    for (let i = 0; i < 4000; i++) {
        c.fillStyle = `hsl(${(i * 37) % 360} 80% 50%)`;
        c.fillRect((i * 97) % 3000, (i * 61) % 2000, 60, 60);
    }
    return canvas.toDataURL("image/jpeg", 0.95).split(",")[1];
});

const input = "#file-id-resident";

async function papers(page, script) {
    const tiny = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 9, 1, 2, 3]);
    await page.setInputFiles(input, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
    await page.click(`${input} >> xpath=ancestor::form >> button`);
    await page.waitForSelector("form[data-evidence] .govuk-error-message");
    check("what is no picture is told at its place", (await text(page, "form[data-evidence] .govuk-error-message")).length > 5);
    await page.goto(`/apply/${SERVICE}/files`);
    if (!script) {
        await page.setInputFiles(input, { name: "小照片.jpg", mimeType: "image/jpeg", buffer: tiny });
        await go(page, `${input} >> xpath=ancestor::form >> button`);
        check("a form sends a picture whole", /小照片\.jpg/.test(await text(page)) && /已传完/.test(await text(page)), await text(page));
        return;
    }
    const buffer = Buffer.from(await photo(page), "base64");
    let lost = 0;
    await page.route("**/api/v1/uploads/*", (route) => (route.request().method() === "PATCH" && lost++ === 1 ? route.abort() : route.continue()));
    await page.setInputFiles(input, { name: "IMG_0412.jpg", mimeType: "image/jpeg", buffer });
    const arrived = page.waitForNavigation({ timeout: 20000 });
    await page.click(`${input} >> xpath=ancestor::form >> button`);
    await arrived;
    await page.unroute("**/api/v1/uploads/*");
    check("a photo goes in pieces, also over a line that breaks", /IMG_0412\.jpg/.test(await text(page)) && /已传完/.test(await text(page)) && lost > 2, `${lost} ${await text(page)}`);
    const kept = await page.evaluate(async () => {
        const bytes = await (await fetch(document.querySelector("form.file a").href)).blob();
        const picture = await createImageBitmap(bytes);
        return [picture.width, picture.height, bytes.size];
    });
    check("made smaller on the way", kept[0] === 2000 && kept[1] === 1333 && kept[2] < buffer.length, `${kept} of ${buffer.length}`);
    await fits(page, "papers with a photo");
}

async function elsewhere(counter, browser, script, code) {
    const page = await browser.person(counter, { script });
    await page.goto("/apply");
    await page.fill("#code", "0000-0000-0000-0");
    await go(page, "main form .btn");
    check("a wrong code stays to be compared", (await page.inputValue("#code")) === "0000-0000-0000-0" && /没有这个草稿码/.test(await text(page)));
    if (script) await looked(page, "going on");
    await page.fill("#code", code.toLowerCase());
    await go(page, "main form .btn");
    check("another device goes on where it was left", /第 2 步/.test(await text(page)) && (await page.isChecked("#term")), await text(page));
    await licence(page);
    await go(page);
    check("then come the papers", /上传材料/.test(await text(page, "h1")), await text(page));
    if (script) await looked(page, "papers");
    await papers(page, script);
    await go(page, ".btns a.btn");
    const asked = await text(page);
    check("the answers are shown before anything is sent", /核对后提交/.test(await text(page, "h1")) && /李某/.test(asked) && /530000199001010017/.test(asked), asked);
    check("with fee and days", /要多少钱|费/.test(asked) && /工作日/.test(asked), asked);
    if (script) await looked(page, "check");
    await go(page, ".sum + p a >> nth=0");
    await page.fill("#personName", "李某某");
    await go(page);
    check("a change comes back to the check", /核对后提交/.test(await text(page, "h1")) && /李某某/.test(await text(page)), await text(page));
    await go(page);
    check("neither office nor declaration is guessed", (await page.locator("#office-error, #declare-error").count()) === 2, await text(page));
    await page.check("#office");
    await page.check("#declare");
    await page.dblclick("#form .btns .btn");
    await page.waitForURL(/receipt$/);
    const receipt = await text(page);
    check("the receipt says what it is", /申请已收到/.test(receipt) && /不是受理通知书/.test(receipt), receipt);
    if (script) await looked(page, "receipt");
    const tracking = await text(page, ".code.xl");
    await page.goto(`/apply/${SERVICE}/check`);
    check("afterwards there is only the receipt, with the same code", /receipt$/.test(page.url()) && (await text(page, ".code.xl")) === tracking);
    await go(page, ".btns a.btn");
    check("the tracking page knows it", new RegExp(tracking).test(page.url()) && /驾驶证期满换证/.test(await text(page)), await text(page));
    check("no script or policy complaint", page.complaints.length === 0, page.complaints);
    await page.context().close();
}

async function lostLine(counter, browser) {
    const page = await browser.person(counter, { width: 390 });
    await page.goto(`/apply/${SERVICE}`);
    await go(page, "main form .btn");
    await person(page);
    await page.context().setOffline(true);
    await page.click("#form .btns .btn:not(.two)");
    await page.waitForSelector("#line:not([hidden])");
    check("a lost line is told, the entries stay", /网络断了/.test(await text(page, "#line")) && (await page.inputValue("#personName")) === "李某");
    const href = await page.getAttribute("#line a", "href");
    check("they can be kept as a file", decodeURIComponent(href).includes("李某"), href);
    await page.context().setOffline(false);
    await page.click("#line button");
    await page.waitForURL(/\/2$/);
    check("and go through when the line is back", /第 2 步/.test(await text(page)));
    await page.goBack();
    await page.fill("#personName", "没有发出去的");
    await page.context().clearCookies();
    await page.reload();
    check("a page without its draft leads to the start", /开始填写/.test(await text(page)), await text(page));
    await page.context().close();
}

async function keys(counter, browser) {
    const page = await browser.person(counter, { lang: "en" });
    await page.goto(`/apply/${SERVICE}`);
    const reach = async (want) => {
        for (let i = 0; i < 40 && !(await page.evaluate((s) => document.activeElement.matches(s), want)); i++) await page.keyboard.press("Tab");
    };
    await reach("main form .btn");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/1$/);
    await reach("#applicantType");
    await page.keyboard.press("ArrowDown");
    for (const [key, value] of Object.entries(PERSON)) {
        await reach(`#${key}`);
        await page.keyboard.type(value);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/2$/);
    check("Enter in a field goes on, as the button would", /Step 2 of 4/.test(await text(page)), await text(page));
    await page.context().close();
}

export async function apply(counter, browser) {
    await journey("a resident applies from home", () => atHome(counter, browser, true));
    await journey("the same without script", () => atHome(counter, browser, false));
    await journey("the line is lost", () => lostLine(counter, browser));
    await journey("with keys only", () => keys(counter, browser));
}
