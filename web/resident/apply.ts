// Keeps what was typed when the line is down: before a page is sent the server is asked whether it is there; if not,
// the page stays, says so, and offers to try again or to save the entries as a file. What is typed is also kept in this
// tab until it has arrived, and put back when the page comes up without it. The pages work without this file.
import { watchUploads } from "./upload";

const form = document.querySelector<HTMLFormElement>("#form[data-service]");
const line = document.getElementById("line");
const PATIENCE_MS = 8000;

type Entries = Array<[string, string]>;

function entries(of: HTMLFormElement): Entries {
    const list: Entries = [];
    new FormData(of).forEach((value, name) => {
        if (typeof value === "string" && name !== "change") list.push([name, value]);
    });
    return list;
}

function reachable(): Promise<boolean> {
    if (!navigator.onLine) return Promise.resolve(false);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    return fetch("/healthz", { cache: "no-store", signal: stop.signal }).then(
        () => true,
        () => false,
    ).then((there) => {
        clearTimeout(timer);
        return there;
    });
}

function say(box: HTMLElement, of: HTMLFormElement, text: string): void {
    const answers: Record<string, string | string[]> = {};
    for (const [name, value] of entries(of)) {
        const before = answers[name];
        answers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
    }
    const file = { format: "yichuang-draft", service: of.dataset.service, posted: answers };
    box.querySelector("a")!.href = "data:application/json;charset=utf-8," + encodeURIComponent(JSON.stringify(file));
    box.querySelector("b")!.textContent = text;
    box.hidden = false;
    box.scrollIntoView({ block: "center" });
}

// Fields that came up empty although something was typed into them here before.
function restore(of: HTMLFormElement, kept: Entries): boolean {
    let any = false;
    const counts: Record<string, number> = {};
    for (const [name, value] of kept) {
        const at = (counts[name] = (counts[name] ?? -1) + 1);
        const field = of.elements.namedItem(name);
        const one = field instanceof RadioNodeList ? field[at] : field;
        if (field instanceof RadioNodeList && !field.value && field[0] instanceof HTMLInputElement && field[0].type === "radio") {
            field.value = value;
            any = true;
        } else if ((one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement) &&
            one.type !== "hidden" && one.type !== "checkbox" && one.type !== "radio" && one.value === "" && value !== "") {
            one.value = value;
            any = true;
        }
    }
    return any;
}

function watch(of: HTMLFormElement, box: HTMLElement): void {
    const key = "draft " + location.pathname;
    let asked = false;
    const keep = (): void => {
        try {
            sessionStorage.setItem(key, JSON.stringify(entries(of)));
        } catch {
            // a full or forbidden store: the page itself still has the entries
        }
    };
    const kept = sessionStorage.getItem(key);
    if (kept && restore(of, JSON.parse(kept) as Entries)) say(box, of, box.dataset.kept ?? "");
    of.addEventListener("input", keep);
    of.addEventListener("submit", (event) => {
        if (asked) return;
        event.preventDefault();
        keep();
        const button = (event as SubmitEvent).submitter;
        void reachable().then((there) => {
            if (!there) {
                say(box, of, box.dataset.down ?? "");
                return;
            }
            asked = true;
            sessionStorage.removeItem(key);
            of.requestSubmit(button instanceof HTMLElement ? button : undefined);
            setTimeout(() => (asked = false), PATIENCE_MS);
        });
    });
    box.querySelector("button")!.addEventListener("click", () => {
        box.hidden = true;
        of.requestSubmit();
    });
}

if (form && line) watch(form, line);
watchUploads();
