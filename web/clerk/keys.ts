// Keys for staff pages, by body[data-keys]: A adopt, D depart, L letter, X all rules, Esc back; J K Enter / on the list.
// Single letters act only while no field has focus and can be switched off (WCAG 2.1.4). Every key has a
// button or link that does the same: the pages work without this file.
const STORE = "yc-keys-off";
const page = document.body.dataset.keys;

// Some lists are renewed while they are read: the rows are looked up each time.
function rowsNow(): HTMLTableRowElement[] {
    return Array.from(document.querySelectorAll<HTMLTableRowElement>("#cases tbody tr"));
}

function off(): boolean {
    return localStorage.getItem(STORE) === "1";
}

function select(next: number): void {
    const rows = rowsNow();
    if (rows.length === 0) return;
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
    rows.forEach((r) => r.classList.toggle("sel", r === row));
    row.querySelector("a")?.focus();
}

function move(by: number): void {
    select(rowsNow().findIndex((r) => r.classList.contains("sel")) + by);
}

// Opens the details a form lies in and puts the cursor into its first field.
function unfold(...ids: string[]): void {
    for (const id of ids) {
        const details = document.getElementById(id);
        if (!(details instanceof HTMLDetailsElement)) continue;
        details.open = id === "rules" ? !details.open : true;
        details.querySelector<HTMLElement>(id === "rules" ? "summary" : "select, textarea")?.focus();
    }
}

function follow(selector: string): void {
    document.querySelector<HTMLAnchorElement>(selector)?.click();
}

function press(id: string): void {
    document.getElementById(id)?.click();
}

// The services of a visit are its tabs, 1 to 9.
function tab(n: number): void {
    document.querySelectorAll<HTMLAnchorElement>(".desk-tabs a:not(#add)")[n - 1]?.click();
}

// Ticks the selected case, and puts the cursor where it is said to whom it goes.
function tick(): void {
    const box = document.querySelector<HTMLInputElement>("tr.sel input[type=checkbox]");
    if (box) box.checked = !box.checked;
    document.getElementById("to")?.focus();
}

function reach(id: string): void {
    const part = document.getElementById(id);
    part?.scrollIntoView();
    part?.focus();
}

const acts: Record<string, Record<string, () => void>> = {
    list: { j: () => move(1), k: () => move(-1), "/": () => document.getElementById("find")?.focus() },
    board: {
        j: () => move(1),
        k: () => move(-1),
        x: () => follow("tr.sel a.extend"),
        a: () => tick(),
        v: () => reach("windows"),
        e: () => follow("#export"),
        "?": () => document.querySelector<HTMLElement>("#all-keys > summary")?.click(),
    },
    case: {
        a: () => document.getElementById("adopt")?.click(),
        d: () => unfold("depart", "correct"),
        g: () => unfold("notice"),
        l: () => follow("a.letter"),
        x: () => unfold("rules"),
    },
    desk: {
        n: () => press("next"),
        b: () => press("arrive"),
        r: () => press("recall"),
        m: () => press("miss"),
        a: () => press("adopt"),
        p: () => unfold("park"),
        t: () => unfold("transfer"),
        g: () => unfold("notice"),
        f: () => press("pay"),
        "+": () => follow("#add"),
    },
};

function inField(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && target.matches("input, select, textarea");
}

document.addEventListener("keydown", (event) => {
    if (page === "desk" && event.ctrlKey && event.key === "Enter") {
        event.preventDefault();
        press(document.getElementById("register") ? "register" : "accept");
        return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
        if (inField(event.target)) (event.target as HTMLElement).blur();
        else if (page === "case" || page === "board") location.assign("/staff/cases");
        return;
    }
    const typing = inField(event.target) && !(event.target instanceof HTMLInputElement && event.target.type === "checkbox");
    if (typing || off()) return;
    if (page === "desk" && /^[1-9]$/.test(event.key)) {
        tab(Number(event.key));
        return;
    }
    const act = page ? acts[page]?.[event.key.toLowerCase()] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
});

const button = document.getElementById("keys-switch");
if (button) {
    const word = (): void => {
        button.textContent = (off() ? button.dataset.on : button.dataset.off) ?? "";
    };
    button.hidden = false;
    word();
    button.addEventListener("click", () => {
        localStorage.setItem(STORE, off() ? "0" : "1");
        word();
    });
}
document.addEventListener("focusin", (event) => {
    const at = event.target instanceof Element ? event.target.closest("#cases tbody tr") : null;
    if (at) rowsNow().forEach((r) => r.classList.toggle("sel", r === at));
});
