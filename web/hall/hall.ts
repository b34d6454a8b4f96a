// The hall's pages: one ticket a press at the kiosk, one print a ticket, the wall that follows calls by server-sent events
// with sound and speech, and a ticket's own page that keeps itself fresh. All of them show the same without this file.
interface Call { label: string; counter: number | null; calls: number; at: number; now: boolean }
interface Queue { waiting: number }
interface Picture { calls: Call[]; queues: Queue[] }

const body = document.body;
const PRESS_MS = 3000;
const BACK_MS = 12000;
const SILENCE_MS = 25000;
const AGAIN_MS = 250;

// ---- kiosk: a second press within three seconds does nothing ------------------------------------------------------
const kiosk = document.getElementById("kiosk");
if (kiosk instanceof HTMLFormElement) {
    let pressed = 0;
    kiosk.addEventListener("submit", (event) => {
        if (Date.now() - pressed < PRESS_MS) event.preventDefault();
        else pressed = Date.now();
    });
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    setInterval(() => Date.now() - pressed > PRESS_MS && !document.hidden && location.reload(), 60000);
}

// ---- slip: printed once, also when the page is loaded again ---------------------------------------------------------
if (body.dataset.slip && document.referrer) {
    const done = `printed ${body.dataset.slip} ${body.dataset.print}`;
    if (!sessionStorage.getItem(done)) {
        sessionStorage.setItem(done, "1");
        window.print();
    }
    if (new URL(document.referrer).pathname.startsWith("/kiosk/")) setTimeout(() => location.replace(body.dataset.back ?? "/"), BACK_MS);
}

// ---- a ticket's own page ---------------------------------------------------------------------------------------------
async function freshen(part: HTMLElement): Promise<void> {
    if (document.hidden || part.contains(document.activeElement)) return;
    const answer = await fetch(location.href);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
    if (answer.ok && next && next.textContent !== part.textContent) part.replaceChildren(...next.childNodes);
}
const part = document.querySelector<HTMLElement>("[data-refresh]");
if (part) setInterval(() => freshen(part).catch(() => undefined), 15000);

// ---- wall ------------------------------------------------------------------------------------------------------------
const office = body.dataset.wall;
const get = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

function span(text: string): HTMLSpanElement {
    const made = document.createElement("span");
    made.textContent = text;
    return made;
}

function watch(hall: string): void {
    const offset = Number(body.dataset.offset) * 1000;
    const called = new Map<string, number>();
    const toSay: Call[] = [];
    let audio: AudioContext | null = null;
    let source: EventSource;
    let skew = 0;
    let heard = Date.now();
    let again = 0;
    let first = true;
    let saying = false;

    const tick = (): void => {
        get("clock").textContent = new Date(Date.now() + skew + offset).toISOString().slice(11, 16);
    };

    // Two short tones that carry: made here, so that there is no file to fetch.
    function chime(): void {
        if (!audio || audio.state !== "running") return;
        [[880, 0], [660, .35]].forEach(([pitch, after]) => {
            const tone = new OscillatorNode(audio!, { frequency: pitch });
            const gain = new GainNode(audio!, { gain: 0 });
            const at = audio!.currentTime + after;
            gain.gain.setValueAtTime(0, at);
            gain.gain.linearRampToValueAtTime(.4, at + .03);
            gain.gain.exponentialRampToValueAtTime(.001, at + .6);
            tone.connect(gain).connect(audio!.destination);
            tone.start(at);
            tone.stop(at + .65);
        });
    }

    function speak(call: Call): void {
        if (!("speechSynthesis" in window)) return;
        const spelt = call.label.split("").join(" ");
        for (const [lang = "", text] of [["zh-CN", body.dataset.sayZh], ["en", body.dataset.sayEn]]) {
            const words = new SpeechSynthesisUtterance((text ?? "").replace("{n}", spelt).replace("{w}", String(call.counter)));
            words.lang = lang;
            speechSynthesis.speak(words);
        }
    }

    // One call after the other: two at once cannot be understood.
    function sayNext(): void {
        const call = toSay.shift();
        saying = call !== undefined;
        if (!call) return;
        get("n").textContent = call.label;
        get("w").textContent = String(call.counter ?? "–");
        get("said").textContent = `${call.label} → ${call.counter}`;
        get("n").classList.remove("flash");
        void get("n").offsetWidth;
        get("n").classList.add("flash");
        chime();
        speak(call);
        setTimeout(sayNext, 4000);
    }

    function show(picture: Picture): void {
        const [top, ...others] = picture.calls;
        if (!saying) {
            get("n").textContent = top?.label ?? "–";
            get("w").textContent = String(top?.counter ?? "–");
        }
        get("prev").replaceChildren(...others.slice(0, 5).map((call) => {
            const row = document.createElement("li");
            row.append(call.label, span(`${call.counter ?? "–"} ${body.dataset.window}`));
            return row;
        }));
        get("waiting").textContent = String(picture.queues.reduce((sum, queue) => sum + queue.waiting, 0));
        for (const call of [...picture.calls].reverse()) {
            const before = called.get(call.label) ?? 0;
            if (call.now && call.calls !== before && !first) toSay.push(call);
            called.set(call.label, call.calls);
        }
        first = false;
        toSay.splice(0, Math.max(0, toSay.length - 20));
        if (!saying) sayNext();
    }

    function open(): void {
        source?.close();
        source = new EventSource(`/display/${encodeURIComponent(hall)}/events`);
        source.addEventListener("open", () => { get("line").hidden = true; heard = Date.now(); });
        source.addEventListener("hall", (event) => { heard = Date.now(); show(JSON.parse((event as MessageEvent).data)); });
        source.addEventListener("beat", (event) => { heard = Date.now(); skew = Number((event as MessageEvent).data) - Date.now(); });
        // Browsers take their own time to try again, and after a refusal they do not: so it is done here.
        source.addEventListener("error", () => {
            source.close();
            get("line").hidden = false;
            clearTimeout(again);
            again = window.setTimeout(open, AGAIN_MS);
        });
    }

    function sound(): void {
        audio ??= new AudioContext();
        audio.resume().then(() => { get("sound").hidden = audio?.state === "running"; }).catch(() => undefined);
        get("sound").hidden = audio.state === "running";
    }

    get("sound").addEventListener("click", sound);
    sound();
    open();
    tick();
    setInterval(tick, 1000);
    setInterval(() => Date.now() - heard > SILENCE_MS && open(), 5000);
}
if (office) watch(office);
