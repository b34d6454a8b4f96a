// Renews the live parts of the board every five seconds, and leaves alone what the reader is at: the focus, ticked boxes and
// what lies open stay. It stops when nobody has touched the page for a while, so that a session left alone still ends. The
// page works without this file.
const EVERY = 5_000;
const LEFT_ALONE = 20 * 60_000;
const lost = document.getElementById("lost");
let touched = Date.now();

for (const kind of ["keydown", "pointerdown", "pointermove"]) document.addEventListener(kind, () => (touched = Date.now()), { passive: true });

function renew(part: Element, next: Element): void {
    if (part.innerHTML === next.innerHTML) return;
    const focused = part.contains(document.activeElement) ? document.activeElement?.id : "";
    const ticked = Array.from(part.querySelectorAll<HTMLInputElement>("input:checked"), (box) => box.id);
    const open = Array.from(part.querySelectorAll<HTMLDetailsElement>("details[open]"), (details) => details.id);
    const selected = part.querySelector("tr.sel a")?.id;
    part.replaceChildren(...Array.from(next.childNodes));
    for (const id of ticked) part.querySelector<HTMLInputElement>(`[id="${id}"]`)?.setAttribute("checked", "");
    for (const id of open) part.querySelector(`[id="${id}"]`)?.setAttribute("open", "");
    if (selected) part.querySelector(`[id="${selected}"]`)?.closest("tr")?.classList.add("sel");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function look(): Promise<void> {
    if (document.hidden || Date.now() - touched > LEFT_ALONE) return;
    try {
        const reply = await fetch(location.pathname + location.search, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        const parts = Array.from(document.querySelectorAll("[data-live]"));
        const missing = !reply.ok || parts.some((part) => !page.getElementById(part.id));
        if (lost) lost.hidden = !missing;
        if (missing) return;
        for (const part of parts) renew(part, page.getElementById(part.id) as Element);
    } catch {
        if (lost) lost.hidden = false;
    }
}

if (location.pathname === "/staff/board") setInterval(() => void look(), EVERY);
