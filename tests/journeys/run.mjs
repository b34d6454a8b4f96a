// Stories against the built binary in a real browser. Usage: node tests/journeys/run.mjs BINARY [NAME…]
// Needs the web build's node_modules (playwright-core, axe-core) and Chromium; ends with "N passed, N failed".
import { apply } from "./apply.mjs";
import { board } from "./board.mjs";
import { book } from "./book.mjs";
import { clerk } from "./clerk.mjs";
import { find } from "./find.mjs";
import { forms } from "./forms.mjs";
import { hall } from "./hall.mjs";
import { Browser, Counter, score } from "./lib.mjs";
import { needStore } from "../postgres/place.mjs";
import { once } from "./once.mjs";
import { processes } from "./process.mjs";
import { resident } from "./resident.mjs";
import { stuck } from "./stuck.mjs";
import { firstViolation } from "./violation.mjs";
import { window } from "./window.mjs";

needStore();
const [binary, ...names] = process.argv.slice(2);
const stories = { find, apply, book, hall, violation: firstViolation, clerk, processes, resident, once, stuck, window, board, forms: (_, browser) => forms(binary, browser) };
const counter = new Counter(binary);
await counter.ready;
const browser = await Browser.open();
for (const name of names.length ? names : Object.keys(stories)) await stories[name](counter, browser, binary);
await browser.close();
await counter.close();
console.log(`${score.passed} passed, ${score.failed} failed`);
process.exit(score.failed ? 1 : 0);
