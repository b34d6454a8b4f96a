// The web build: Sass and TypeScript in, style sheets and scripts out (build/web).
// Writes a file only when it changed, so that the C build embeds it again only then.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, transformSync } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "..", "build", "web");
mkdirSync(out, { recursive: true });

function write(name, text) {
    const path = join(out, name);
    let before = null;
    try {
        before = readFileSync(path, "utf8");
    } catch {}
    if (before !== text) writeFileSync(path, text);
    console.log(`${name} ${Buffer.byteLength(text)} bytes`);
}

const loadPaths = [join(here, "node_modules/govuk-frontend/dist"), here];
for (const [name, source] of [
    ["resident.css", "resident/resident.scss"],
    ["staff.css", "clerk/staff.scss"],
    ["letter.css", "shared/letter.scss"],
    ["hall.css", "hall/hall.scss"],
]) {
    const { css } = compile(join(here, source), { loadPaths, quietDeps: true, charset: false });
    const target = ["chrome90", "firefox90", "safari14"];
    write(name, transformSync(css, { loader: "css", minify: true, target }).code);
}

const script = buildSync({
    entryPoints: [join(here, "clerk/keys.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
});
write("keys.js", script.outputFiles[0].text);

// The desk: the same for a clerk, and the list of who waits.
const desk = buildSync({
    entryPoints: [join(here, "clerk/desk.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
});
write("desk.js", desk.outputFiles[0].text);
const board = buildSync({
    entryPoints: [join(here, "clerk/board.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
});
write("board.js", board.outputFiles[0].text);

// What keeps an application's entries when the line is down. The pages work without it.
const apply = buildSync({
    entryPoints: [join(here, "resident/apply.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2018",
});
write("apply.js", apply.outputFiles[0].text);

// Kiosk, wall and a ticket's own page.
const hall = buildSync({
    entryPoints: [join(here, "hall/hall.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
});
write("hall.js", hall.outputFiles[0].text);

// The viewer of processes: its own script and style sheet, loaded on the one page that draws.
const viewer = buildSync({
    entryPoints: [join(here, "clerk/process.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
    outdir: out, legalComments: "eof",
});
for (const file of viewer.outputFiles) write(basename(file.path), file.text);
