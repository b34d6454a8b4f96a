// Hands a paper over in pieces: a photo is made smaller in the browser first, a lost line is waited for and the upload goes
// on where it stopped, and it can be cancelled. Without this file the form sends the file whole.
const SIDE = 2000;
const PIECE = 256 * 1024;
const MOST = 10 * 1024 * 1024;
const WAITS_MS = [1000, 2000, 4000, 8000, 15000];

interface Upload {
    id: string;
    have: number;
    size: number;
    complete: boolean;
}

class Refused extends Error {}

// A photo of at most SIDE pixels a side, upright as its camera was held; what is small enough, or no photo, stays as it is.
async function smaller(file: File): Promise<Blob> {
    if (!/^image\/(jpeg|png)$/.test(file.type) || !("createImageBitmap" in window)) return file;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    if (!picture) return file;
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= MOST / 10) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made && made.size < file.size ? made : file;
}

async function ask(method: string, path: string, stop: AbortSignal, body?: BodyInit, headers: Record<string, string> = {}): Promise<Upload> {
    const reply = await fetch(path, { method, body, headers, signal: stop, cache: "no-store" });
    if (reply.status >= 500 || reply.status === 429) throw new TypeError("try again");
    if (reply.status === 204) return { id: "", have: 0, size: 0, complete: false };
    const told = (await reply.json()) as Upload & { detail?: string; title?: string };
    if (!reply.ok && reply.status !== 409) throw new Refused(told.detail ?? told.title ?? "");
    return told;
}

// The same again while the line is down, each time after a longer wait.
async function patient<T>(stop: AbortSignal, turn: () => Promise<T>, waiting: () => void): Promise<T> {
    for (let i = 0; ; i++) {
        try {
            return await turn();
        } catch (error) {
            if (error instanceof Refused || stop.aborted) throw error;
            waiting();
            await new Promise((wait) => setTimeout(wait, WAITS_MS[Math.min(i, WAITS_MS.length - 1)]));
        }
    }
}

async function send(form: HTMLFormElement, bytes: Blob, name: string, stop: AbortSignal, told: (have: number, waits: boolean) => void): Promise<void> {
    const at = (id: string): string => `/api/v1/uploads${id && "/" + id}?${form.dataset.holder ?? ""}`;
    const wanted = JSON.stringify({ evidence: form.dataset.evidence, name, type: bytes.type, size: bytes.size });
    let have = 0;
    const waits = (): void => told(have, true);
    const json = { "Content-Type": "application/json" };
    const upload = await patient(stop, () => ask("POST", at(""), stop, wanted, json), waits);
    stop.addEventListener("abort", () => void fetch(at(upload.id), { method: "DELETE", keepalive: true }));
    for (let state = upload; !state.complete; ) {
        const piece = bytes.slice(have, have + PIECE);
        const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": String(have) };
        state = await patient(stop, async () => {
            const reply = await ask("PATCH", at(upload.id), stop, piece, headers);
            return reply.id ? reply : ask("GET", at(upload.id), stop); // it had come already: where are we?
        }, waits);
        have = state.have;
        told(have, false);
    }
}

function watchUpload(form: HTMLFormElement): void {
    const input = form.querySelector<HTMLInputElement>("input[type=file]")!;
    const say = document.createElement("p");
    const bar = document.createElement("progress");
    const cancel = document.createElement("button");
    say.className = "small";
    say.setAttribute("role", "status");
    bar.setAttribute("aria-label", form.dataset.going ?? "");
    cancel.type = "button";
    cancel.className = "btn two";
    cancel.textContent = form.dataset.cancel ?? "";
    form.addEventListener("submit", (event) => {
        const file = input.files?.[0];
        if (!file) return;
        event.preventDefault();
        const stop = new AbortController();
        const began = Date.now();
        form.append(bar, say, cancel);
        cancel.onclick = (): void => stop.abort();
        void smaller(file).then((bytes) => {
            if (bytes.size > MOST) throw new Refused((form.dataset.large ?? "").replace("{n}", `${(bytes.size / 1e6).toFixed(1)} MB`).replace("{most}", `${MOST / 1048576} MB`));
            bar.max = bytes.size;
            return send(form, bytes, file.name, stop.signal, (have, waits) => {
                bar.value = have;
                const left = have > 0 ? Math.ceil(((Date.now() - began) / have) * (bytes.size - have) / 1000) : 0;
                const going = `${form.dataset.going} ${Math.floor((100 * have) / bytes.size)} %`;
                say.textContent = waits ? form.dataset.again ?? "" : left > 0 ? `${going} · ${(form.dataset.left ?? "").replace("{n}", String(left))}` : going;
            });
        }).then(() => location.reload(), (error: unknown) => {
            bar.remove();
            cancel.remove();
            say.textContent = error instanceof Refused ? error.message : "";
            say.className = error instanceof Refused ? "govuk-error-message" : "small";
        });
    });
}

export function watchUploads(): void {
    document.querySelectorAll<HTMLFormElement>("form[data-evidence]").forEach(watchUpload);
}
