// Asks two engines the same seeded forms and answers: ours and the form-js viewer, in a DOM without a browser. What is
// visible, what is wrong and what is handed in must be the same; forms.differences.json lists what is meant to differ, each
// with an example that must still differ. Usage: forms.mjs PROGRAM [SEED] [COUNT]. Skips where form-js is not installed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [program, seed = "20260101", count = "300"] = process.argv.slice(2);
const MOST_SHOWN = 10;

async function viewer() {
    const { Window } = await import("happy-dom");
    const window = new Window({ url: "http://localhost/" });
    for (const name of Object.getOwnPropertyNames(window))
        if (!(name in globalThis) && /^[A-Z]|^document$|Frame$|^getComputedStyle$/.test(name)) globalThis[name] = window[name];
    Object.assign(globalThis, { window, document: window.document });
    Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
    globalThis.requestAnimationFrame = (act) => setTimeout(act, 0);
    globalThis.cancelAnimationFrame = clearTimeout;
    return createRequire(import.meta.url)("@bpmn-io/form-js-viewer").createForm; // its ES module asks for a bundler
}

const createForm = await viewer().catch((error) => {
    console.log(`skipped: form-js is not installed or does not run on node ${process.version} (${error.code ?? error.message})`);
    console.log("0 passed, 0 failed, 1 skipped");
    process.exit(0);
});

// ---- what form-js says -------------------------------------------------------------------------------------------------
const CODES = [
    [/required/, "required"], [/match pattern|valid email|phone number/, "pattern"], [/minimum value/, "min"], [/maximum value/, "max"],
    [/minimum length/, "min_length"], [/maximum length/, "max_length"], [/integer|decimal digit/, "digits"], [/nearest valid/, "step"],
];
const code = (message) => CODES.find(([words]) => words.test(message))?.[1] ?? message;
const rest = () => new Promise((done) => setTimeout(done, 1));
const pathOf = (path) => path.map((p) => (typeof p === "number" ? `[${p}]` : `.${p}`)).join("").replace(/^\./, "");

async function theirs({ form: schema, answers }) {
    const container = document.createElement("div");
    document.body.appendChild(container);
    const form = await createForm({ container, schema: structuredClone(schema), data: structuredClone(answers), debounce: false });
    for (let i = 0; i < 12; i++) await rest();
    const { data, errors } = form.submit();
    const faults = [], visible = [];
    for (const one of form.get("formFieldInstanceRegistry").getAllKeyed()) {
        const field = form.get("formFieldRegistry").get(one.id);
        if (field.type === "expression") continue;
        visible.push(pathOf(one.valuePath));
        const told = Object.values(one.indexes ?? {}).reduce((at, i) => at?.[i], errors[one.id]) ?? [];
        for (const message of told) faults.push({ key: pathOf(one.valuePath), code: code(message) });
    }
    form.destroy();
    container.remove();
    return { visible, faults, data };
}

function ours(list) {
    const input = list.map((one) => JSON.stringify(one)).join("\n") + "\n";
    const { stdout } = spawnSync(program, [], { input, encoding: "utf8", maxBuffer: 1 << 28 });
    return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

// ---- comparing ---------------------------------------------------------------------------------------------------------
// Unanswered fields are left out here and null or "" there; whole minutes have no seconds there; numbers are doubles there.
function plain(value) {
    if (value === null || value === undefined || value === "") return undefined;
    if (typeof value === "number") return Number(value.toPrecision(12));
    if (typeof value === "string") return value.replace(/(^|T)(\d\d:\d\d):00/, "$1$2");
    if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => plain(item) ?? null);
    if (typeof value !== "object") return value;
    const entries = Object.entries(value).map(([key, member]) => [key, plain(member)]).filter(([, member]) => member !== undefined && !(member?.constructor === Object && !Object.keys(member).length));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const told = ({ faults }) => [...new Set(faults.map((f) => `${f.key} ${f.code}`))].sort();

function difference(mine, other) {
    if (mine.refused) return `refused: ${mine.refused}`;
    const views = [[...mine.visible].sort(), [...other.visible].sort()].map((v) => JSON.stringify(v));
    if (views[0] !== views[1]) return `visible ${views.join(" ")}`;
    const faults = [told(mine), told(other)].map((v) => JSON.stringify(v));
    if (faults[0] !== faults[1]) return `faults ${faults.join(" ")}`;
    const data = [plain(mine.data) ?? {}, plain(other.data) ?? {}].map((v) => JSON.stringify(v));
    return mine.faults.length || data[0] === data[1] ? "" : `data ${data.join(" ")}`;
}

// ---- forms and answers -----------------------------------------------------------------------------------------------------
function random(start) {
    let state = start >>> 0 || 1;
    const next = () => ((state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0) ^ (state >>> 13)) >>> 0;
    return { below: (n) => next() % n, pick: (list) => list[next() % list.length], may: (percent) => next() % 100 < percent };
}

const VALUES = [{ label: "A", value: "a" }, { label: "B", value: "b" }, { label: "C", value: "c" }];
const PATTERNS = ["^\\d+$", "^[A-Z]{2}\\w*$", "x|yz?", "^[^\\s-]+$", "^(?:ab)+.$"];
const TEXTS = ["", "ab", "AB12", "x y", "字字字", "abc-d", "42", "a".repeat(9)];
const KINDS = ["textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "taglist", "datetime", "textfield", "number"];

// Over fields that are always there: what a hidden field is to a condition is one of the meant differences.
function condition(r, before, here) {
    if (!before.length) return undefined;
    const field = r.pick(before), name = (here ? "this." : "") + field.key;
    switch (field.type) {
    case "number": return field.serializeToString ? `=${name} = "1"` : r.pick([`=${name} > 3`, `=${name} = null`, `=${name} != null and ${name} in [2..7]`]);
    case "checkbox": return r.pick([`=${name}`, `=not(${name})`, `=${name} = false`]);
    case "checklist":
    case "taglist": return r.pick([`=list contains(${name}, "a")`, `=list contains(${name}, "c")`]);
    case "radio":
    case "select": return r.pick([`=${name} = "a"`, `=${name} != "b"`, `=${name} = null`]);
    case "datetime": return `=${name} = null`;
    default: return r.pick([`=${name} = ""`, `=string length(${name}) > 2`, `=${name} = "ab"`]);
    }
}

function validation(r, type) {
    const validate = r.may(35) ? { required: true } : {};
    if (type === "number" && r.may(50)) Object.assign(validate, r.pick([{ min: 2 }, { max: "=2 + 4" }, { min: "1.5", max: 6 }]));
    if (/^text/.test(type) && r.may(50))
        Object.assign(validate, r.pick([{ minLength: 3 }, { maxLength: "=2 * 2" }, { pattern: r.pick(PATTERNS) }, { validationType: "email" }]));
    return Object.keys(validate).length ? { validate } : {};
}

function field(r, id, before, here) {
    const type = r.pick(KINDS), hide = r.may(40) ? condition(r, before, here) : undefined;
    const options = /radio|select|checklist|taglist/.test(type) ? (r.may(70) ? { values: VALUES } : { valuesExpression: '=["a", "b", "c"]' }) : {};
    const more = type === "number" ? r.pick([{}, { decimalDigits: 1 }, { increment: "0.5" }, { serializeToString: true }]) : type === "datetime" ? { subtype: "date" } : {};
    const fixed = r.may(8) ? { readonly: r.may(50) ? true : condition(r, before, here) ?? true } : r.may(5) ? { disabled: true } : {};
    return { type, id: `f${id}`, key: `k${id}`, label: `L${id}`, ...options, ...more, ...fixed, ...validation(r, type), ...(hide ? { conditional: { hide } } : {}) };
}

function computed(r, id, before) {
    const from = before.filter((f) => f.type === "number" && !f.serializeToString || f.type === "textfield");
    if (!from.length) return [];
    const { key, type } = r.pick(from), expression = type === "number" ? r.pick([`=${key} + 1`, `=${key} * 2 - 1`]) : `=upper case(${key})`;
    return [{ type: "expression", id: `e${id}`, key: `e${id}`, expression, computeOn: "change" }];
}

function makeForm(r) {
    const components = [], plainFields = [];
    for (let id = 0, n = 2 + r.below(9); id < n; id++) {
        const one = field(r, id, plainFields, false);
        components.push(one);
        if (!one.conditional) plainFields.push(one);
        if (r.may(12)) components.push(...computed(r, id, plainFields));
    }
    if (r.may(40)) {
        const hide = r.may(40) ? condition(r, plainFields, false) : undefined;
        const inside = [field(r, 100, plainFields, false), field(r, 101, plainFields, false)];
        components.push({ type: "group", id: "g", label: "G", path: "grp", components: inside, ...(hide ? { conditional: { hide } } : {}) });
    }
    if (r.may(40)) {
        const rows = [];
        for (let id = 200; id < 203; id++) rows.push(field(r, id, rows.filter((f) => !f.conditional), true));
        components.push({ type: "dynamiclist", id: "d", label: "D", path: "rows", isRepeating: true, allowAddRemove: true, defaultRepetitions: 1, components: rows });
    }
    return { type: "default", id: "form", schemaVersion: 19, components };
}

function value(r, { type, serializeToString, readonly, disabled }) {
    if (r.may(25)) return undefined;
    if (type === "number" && (readonly || disabled)) return serializeToString ? "1" : 2;
    if (type === "number") return serializeToString ? r.pick(["1", "2.5", "7"]) : r.pick([0, 1, 2, 2.5, 3.25, 7, 12]);
    if (type === "checkbox") return r.may(50);
    if (type === "radio" || type === "select") return r.pick(["a", "b", "c"]);
    if (type === "checklist" || type === "taglist") return r.pick([[], ["a"], ["a", "c"], ["b", "a"]]);
    if (type === "datetime") return r.pick(["2026-11-16", "2000-02-29"]);
    return r.pick([...TEXTS, "a@b.cn"]);
}

function answersTo(r, components) {
    const answers = {};
    for (const part of components) {
        if (part.type === "group") answers[part.path] = answersTo(r, part.components);
        else if (part.type === "dynamiclist") {
            if (r.may(70)) answers[part.path] = Array.from({ length: r.below(4) }, () => answersTo(r, part.components));
        } else if (part.type !== "expression") {
            const given = value(r, part);
            if (given !== undefined) answers[part.key] = given;
        }
    }
    return answers;
}

// ---- the run -----------------------------------------------------------------------------------------------------------------
const r = random(Number(seed)), asked = [];
while (asked.length < Number(count)) {
    const form = makeForm(r);
    asked.push({ form, answers: answersTo(r, form.components) });
}
const declared = JSON.parse(readFileSync(new URL("forms.differences.json", import.meta.url), "utf8"));
const answered = ours([...asked, ...declared]);
let failed = 0;
for (const [i, one] of [...asked, ...declared].entries()) {
    const differs = difference(answered[i], await theirs(one));
    if (i < asked.length ? !differs : differs) continue;
    if (++failed > MOST_SHOWN) continue;
    if (i < asked.length) console.log(`FAILED ${differs}\n  ${JSON.stringify(one)}`);
    else console.log(`FAILED stale: "${one.matter}" does not differ any more: take it out of forms.differences.json`);
}
const all = asked.length + declared.length;
console.log(`seed ${seed}: ${asked.length} forms, ${declared.length} differences that are meant`);
console.log(`${all - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
