// What each page weighs on the wire, compressed: its HTML with every style sheet and script that it loads. One line a
// page: above 30 KB it is named heavy, above 100 KB it fails. Usage: node weight.mjs BINARY [PAGE]
import { check } from "../journeys/lib.mjs";
import { everyPage } from "./every.mjs";

const TYPICAL = 30 * 1024, MOST = 100 * 1024;
const assets = new Map();

// As the server sends it to a browser that takes gzip; assets never change under one address.
async function asset(page, url) {
    if (!assets.has(url)) {
        const answer = await fetch(url, { headers: { "Accept-Encoding": "gzip" } });
        assets.set(url, Number(answer.headers.get("content-length")));
    }
    return assets.get(url);
}

function watch(page) {
    page.on("response", (answer) => {
        if (answer.request().isNavigationRequest() && answer.status() !== 303) page.lastDocument = answer;
    });
    page.watched = true;
}

await everyPage(process.argv[2], async ({ page, name }) => {
    if (!page.watched) {
        watch(page);
        await page.reload();
    }
    const { responseBodySize: html } = await page.lastDocument.request().sizes();
    const urls = await page.evaluate(() => [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((e) => e.href || e.src));
    let total = html;
    for (const url of urls) total += await asset(page, url);
    const heavy = total > TYPICAL ? ", heavy" : "";
    check(`${name}: ${(total / 1024).toFixed(1)} KB (HTML ${(html / 1024).toFixed(1)})${heavy}`, html > 0 && total <= MOST, `${total} bytes`);
});
