// Opens every page of table.mjs in both languages and hands it to a look; refuses to begin while the route table has a
// row that no visit names, or a visit names no row.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { Browser, check, Counter, score, signIn } from "../journeys/lib.mjs";
import { pageless, visits, world } from "./table.mjs";

const OUTSIDE = "GET /none"; // an address that is none shows a page too

function everyRowIsVisited(binary) {
    const rows = execFileSync(join(dirname(binary), "tests/page_rows"), { encoding: "utf8" }).trim().split("\n");
    const named = new Set([...visits.map((visit) => visit.row), ...Object.keys(pageless)]);
    const unseen = rows.filter((row) => !named.has(row)), gone = [...named].filter((row) => row !== OUTSIDE && !rows.includes(row));
    check(`all ${rows.length} rows of the route table are in the table of pages`, unseen.length + gone.length === 0,
        `unseen: ${unseen.join(", ")}; gone: ${gone.join(", ")}`);
}

// look({page, visit, name, lang}): the page is open. only: a name of table.mjs, to look at one page.
export async function everyPage(binary, look, only = process.argv[3]) {
    everyRowIsVisited(binary);
    const counter = new Counter(binary), browser = await (await counter.ready, Browser.open());
    const seen = await world(counter, browser);
    for (const lang of ["zh", "en"]) {
        for (const as of [undefined, ...new Set(visits.map((visit) => visit.as).filter(Boolean))]) {
            const page = await browser.person(counter, { lang, width: as ? 1440 : 1280 });
            if (as) await signIn(page, counter.logins[as]);
            for (const visit of visits.filter((one) => one.as === as)) await one(page, visit, seen, lang, look, only);
            await page.context().close();
        }
    }
    await browser.close();
    await counter.close();
    console.log(`${score.passed} passed, ${score.failed} failed`);
    process.exit(score.failed ? 1 : 0);
}

async function one(page, visit, seen, lang, look, only) {
    const name = `${lang} ${visit.name}`;
    try {
        await visit.open(page, seen);
        if (!only || only === visit.name) await look({ page, visit, name, lang });
    } catch (error) {
        check(name, false, error.stack ?? error);
    }
}
