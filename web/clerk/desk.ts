// The desk: keeps what was typed when the line is down, says when it is, keeps the list of who waits fresh, and says at the
// accept button what is not ticked yet. Never keeps a token. The page works without this file.
const line = document.getElementById("line");
const waits = document.getElementById("waits");
const work = document.getElementById("work") as HTMLFormElement | null;
const PATIENCE_MS = 4000;
const FRESH_MS = 5000;
const place = "desk " + location.pathname + location.search.replace(/[?&](step|registered)=[^&]*/g, "");

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function fields(): Field[] {
    return Array.from(document.querySelectorAll<Field>("main input:not([type=hidden]), main textarea, main select"));
}

function keep(): void {
    const kept: Record<string, string> = {};
    for (const f of fields()) if (f.id) kept[f.id] = f instanceof HTMLInputElement && /checkbox|radio/.test(f.type) ? (f.checked ? "1" : "0") : f.value;
    try {
        sessionStorage.setItem(place, JSON.stringify(kept));
    } catch {
        // a full or forbidden store: the page itself still has the entries
    }
}

function restore(): void {
    const text = sessionStorage.getItem(place);
    sessionStorage.removeItem(place);
    if (!text || new URLSearchParams(location.search).has("step")) return;
    const kept = JSON.parse(text) as Record<string, string>;
    for (const f of fields()) {
        const value = kept[f.id];
        if (value === undefined) continue;
        if (f instanceof HTMLInputElement && /checkbox|radio/.test(f.type)) f.checked = value === "1";
        else f.value = value;
    }
}

function reachable(): Promise<boolean> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    return fetch("/healthz", { cache: "no-store", signal: stop.signal })
        .then((r) => r.ok, () => false)
        .finally(() => clearTimeout(timer));
}

let last: { form: HTMLFormElement; button: HTMLElement | null } | null = null;
let sent = false;

function down(is: boolean): void {
    if (line) line.hidden = !is;
}

// The key of the form stays: what arrived although its answer was lost is not done again.
document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!line || form.method !== "post" || sent) return;
    event.preventDefault();
    keep();
    last = { form, button: (event as SubmitEvent).submitter };
    void reachable().then((there) => {
        down(!there);
        if (!there) return;
        sent = true;
        form.requestSubmit(last?.button ?? undefined);
        setTimeout(() => (sent = false), PATIENCE_MS);
    });
});
line?.querySelector("button")?.addEventListener("click", () => last?.form.requestSubmit(last.button ?? undefined));
document.addEventListener("input", keep);
restore();

// ---- who waits -----------------------------------------------------------------------------------------------------------
function refresh(): void {
    if (!waits || waits.contains(document.activeElement)) return;
    fetch("/staff/desk?waiting=1", { cache: "no-store" })
        .then((r) => (r.ok && !r.redirected ? r.text() : Promise.reject(new Error())))
        .then((html) => {
            const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("waits");
            if (fresh && fresh.innerHTML !== waits.innerHTML) waits.replaceChildren(...Array.from(fresh.childNodes));
            down(false);
        })
        .catch(() => down(true));
}
if (waits) setInterval(refresh, FRESH_MS);

// ---- what is not ticked ----------------------------------------------------------------------------------------------------
function missing(): void {
    const accept = document.getElementById("accept");
    const why = document.getElementById("accept-why");
    if (!work || !accept || !why) return;
    const open = Array.from(work.querySelectorAll<HTMLInputElement>("input[data-must]")).filter((box) => !box.checked);
    why.textContent = open.length === 0 ? "" : (work.dataset.missing ?? "").replace("{n}", String(open.length)).replace("{names}", open.map((box) => box.dataset.must).join(", "));
    accept.setAttribute("aria-disabled", open.length > 0 ? "true" : "false");
    accept.toggleAttribute("data-blocked", open.length > 0);
}
work?.addEventListener("change", missing);
document.getElementById("accept")?.addEventListener("click", (event) => {
    if ((event.currentTarget as HTMLElement).hasAttribute("data-blocked")) event.preventDefault();
});
missing();
