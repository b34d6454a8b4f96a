// A form with every component, in a real browser: both languages, no script, a small phone, forced colours; lists whose
// rows come and go by posts that lose nothing; faults that lead to their fields; what is locked stays as it was.
// Run by itself it starts a counter of its own: node tests/journeys/forms.mjs BINARY. SHOTS=DIR writes pictures.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { accessible, Browser, check, Counter, fits, journey, score, signIn, text, weight, SERVICE } from "./lib.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const HARD = 100 * 1024;

// The form's own words, by the names that the English file gives them.
function inChinese({ components, en }) {
    const parts = new Map();
    const walk = (list, before) => list.forEach((part) => {
        const key = part.key ?? (part.type === "dynamiclist" ? part.path : undefined);
        if (key) parts.set(before + key, part);
        parts.set(part.id, part);
        const inside = part.type === "dynamiclist" ? `${before}${part.path}[].` : part.path ? `${before}${part.path}.` : before;
        walk(part.components ?? [], inside);
    });
    walk(components, "");
    const own = {
        fields: (key) => parts.get(key).label, hints: (key) => parts.get(key).description, groups: (id) => parts.get(id).label,
        texts: (id) => parts.get(id).text ?? parts.get(id).content ?? parts.get(id).alt,
        columns: (path) => parts.get(path.split(".")[0]).columns.find((c) => c.key === path.split(".")[1]).label,
        options: (key) => Object.fromEntries((parts.get(key).values ?? [{ value: "一厅", label: "一厅" }, { value: "二厅", label: "二厅" }]).map((o) => [o.value, o.label])),
    };
    const said = (group) => Object.fromEntries(Object.keys(en[group]).map((key) => [key, own[group](key) ?? key]));
    return Object.fromEntries(Object.keys(en).map((group) => [group, said(group)]));
}

// The demo authority, with every component added to the form of a service that the pre-check shows whole.
function authority() {
    const folder = mkdtempSync(join(tmpdir(), "yc-forms-"));
    const pack = join(folder, SERVICE);
    for (const part of ["authority.json", "demo.json", "calendars", "common", SERVICE])
        cpSync(join(root, "packs/demo-prefecture", part), join(folder, part), { recursive: true });
    const added = JSON.parse(readFileSync(join(here, "every-component.json"), "utf8"));
    const form = JSON.parse(readFileSync(join(pack, "form.json"), "utf8"));
    form.components = [{ type: "group", id: "all", label: "全部", components: [...form.components, ...added.components] }];
    writeFileSync(join(pack, "form.json"), JSON.stringify(form));
    for (const lang of ["zh", "en"]) {
        const file = join(pack, `texts/${lang}.json`);
        const words = JSON.parse(readFileSync(file, "utf8"));
        const more = lang === "en" ? added.en : inChinese(added);
        for (const group in more) words[group] = { ...words[group], ...more[group] };
        words.groups.all = lang === "en" ? "All" : "全部";
        writeFileSync(file, JSON.stringify(words));
    }
    mkdirSync(join(pack, "images"));
    writeFileSync(join(pack, "images/sample.svg"),
        '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="150"><rect width="240" height="150" fill="#e5f0f0" stroke="#0b5563"/></svg>');
    return folder;
}

async function shot(page, name) {
    if (!process.env.SHOTS) return;
    mkdirSync(process.env.SHOTS, { recursive: true });
    await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

const START = `/pre-check/${SERVICE}?everything=true&violationCode=1039`;

async function looks(counter, browser, lang) {
    const page = await browser.person(counter, { lang });
    await page.goto(START);
    await accessible(page, `${lang} every component`);
    await fits(page, `${lang} every component`);
    await shot(page, `form-${lang}-desktop`);
    check(`${lang}: no script of the form's text is there`, (await page.locator("main script").count()) === 0);
    check(`${lang}: the picture is served`, await page.evaluate(() => [...document.images].every((i) => i.naturalWidth > 0)));
    const kind = await page.locator("#mobile").evaluate((e) => `${e.type} ${e.autocomplete}`);
    check(`${lang}: the purpose of a field is said`, kind === "tel tel", kind);
    check(`${lang}: computed fields are not shown`, (await page.locator('[name="children"]').count()) === 0);
    check(`${lang}: locked fields are no inputs`, (await page.locator('[name="register"], [name="fixedFee"]').count()) === 0);
    await page.setViewportSize({ width: 320, height: 740 });
    await shot(page, `form-${lang}-phone`);
    await page.emulateMedia({ forcedColors: "active" });
    await shot(page, `form-${lang}-forced`);
    await accessible(page, `${lang} forced colours`);
    if (lang === "en") {
        const chinese = await page.evaluate(() => [...document.querySelectorAll("main label, main legend, main .govuk-hint, main td, main p")]
            .filter((e) => /[\u4e00-\u9fff]/.test(e.textContent) && !e.closest('[lang="zh-CN"]') && !e.querySelector('[lang="zh-CN"]')).map((e) => e.textContent.trim()));
        check("en: no Chinese without its language being said", chinese.length === 0, chinese.join(" | "));
    }
    const bytes = await weight(counter, START, lang);
    check(`${lang}: a page with every component weighs ${bytes} bytes, under ${HARD}`, bytes > 0 && bytes < HARD, bytes);
    check(`${lang}: the browser complains of nothing`, page.complaints.length === 0, page.complaints.join("; "));
    await page.context().close();
}

async function rows(counter, browser) {
    const page = await browser.person(counter, { lang: "zh", script: false });
    await page.goto(START);
    await page.fill('[name="riders[0].called"]', "李某");
    await page.check('[name="riders[0].child"]');
    await page.fill("#story", "第一行\n第二行");
    await page.click('[name="+riders"]');
    check("a row is added", (await page.locator('[name="riders[1].called"]').count()) === 1);
    check("what was typed stays", (await page.inputValue('[name="riders[0].called"]')) === "李某" && (await page.inputValue("#story")).includes("第二行"));
    check("a condition on this row holds for it alone", (await page.locator('[name="riders[0].years"]').count()) === 1 && (await page.locator('[name="riders[1].years"]').count()) === 0);
    await page.fill('[name="riders[1].called"]', "王某");
    await page.click('[name="-riders[0]"]');
    check("the row asked for is removed", (await page.inputValue('[name="riders[0].called"]')) === "王某" && (await page.locator('[name="riders[1].called"]').count()) === 0);
    await page.click('[name="-riders[0]"]');
    check("a list may be empty", (await page.locator('[name="riders[0].called"]').count()) === 0);
    await page.click('[name="+riders"]');
    await page.fill('[name="riders[0].called"]', "赵某");
    await page.click('header button[name="lang"]');
    check("another language loses nothing", (await page.inputValue('[name="riders[0].called"]')) === "赵某" && (await page.inputValue("#story")).includes("第一行"));
    check("it is the other language", (await text(page)).includes("Passenger"));
    await page.context().close();
}

async function faults(counter, browser, lang) {
    const page = await browser.person(counter, { lang });
    await page.goto(START);
    await page.fill("#mail", "nobody");
    await page.fill("#copies", "12");
    await page.click('[name="+riders"]');
    await page.click("#form .btns .btn");
    await page.waitForSelector(".govuk-error-summary");
    const lines = await page.locator(".govuk-error-summary li").allInnerTexts();
    check(`${lang}: faults are told`, lines.length >= 8, lines.join(" | "));
    check(`${lang}: no two sentences are alike`, new Set(lines).size === lines.length, lines.join(" | "));
    const broken = await page.evaluate(() => [...document.querySelectorAll(".govuk-error-summary a")].map((a) => decodeURIComponent(a.hash.slice(1))).filter((id) => !document.getElementById(id)));
    check(`${lang}: each leads to its field`, broken.length === 0, broken.join(" "));
    const said = await page.locator("#mail").getAttribute("aria-describedby");
    check(`${lang}: the field is told its fault`, said === "mail-error" && (await page.getAttribute("#mail", "aria-invalid")) === "true", said);
    check(`${lang}: the wrong answer stays`, (await page.inputValue("#mail")) === "nobody" && (await page.inputValue("#copies")) === "12");
    await accessible(page, `${lang} form with faults`);
    await shot(page, `form-${lang}-faults`);
    await page.goto(`${START}&lang=${lang}`);
    await page.evaluate(() => {
        const forged = Object.assign(document.createElement("input"), { type: "hidden", name: "register", value: "other" });
        document.querySelector("#form").append(forged);
        document.querySelector("#form .btns .btn").click();
    });
    await page.waitForSelector(".govuk-error-summary");
    const locked = await page.locator('.govuk-error-summary a[href="#register"]').count();
    check(`${lang}: a locked field that was changed is told of`, locked === 1, await text(page));
    await page.context().close();
}

async function staff(counter, browser) {
    const page = await browser.person(counter, { lang: "zh", width: 1440, height: 1000 });
    await signIn(page, counter.logins.wang);
    await page.goto(`/staff/cases/new?service=${SERVICE}`);
    await page.check("#everything");
    await page.fill("#plate", "示A·99999");
    await page.click("#form p:last-of-type .btn");
    check("staff: what a condition shows comes with the next page", await page.waitForSelector("#holder").then(() => true), await text(page));
    await page.click('[name="+riders"]');
    await page.waitForSelector('[name="riders[1].called"]');
    check("staff: rows come by a post", (await page.locator('[name="riders[1].called"]').count()) === 1 && (await page.inputValue("#plate")) === "示A·99999");
    await accessible(page, "staff every component");
    await shot(page, "form-staff");
    await page.context().close();
}

export async function forms(binary, browser) {
    const folder = authority();
    const counter = new Counter(binary, ["--packs", folder]);
    await counter.ready;
    for (const lang of ["zh", "en"]) {
        await journey(`forms: every component, ${lang}`, () => looks(counter, browser, lang));
        await journey(`forms: faults, ${lang}`, () => faults(counter, browser, lang));
    }
    await journey("forms: rows of a list without script", () => rows(counter, browser));
    await journey("forms: the clerk's form", () => staff(counter, browser));
    await counter.close();
    rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const browser = await Browser.open();
    await forms(process.argv[2], browser);
    await browser.close();
    console.log(`${score.passed} passed, ${score.failed} failed`);
    process.exit(score.failed ? 1 : 0);
}
