// Draws a case's process with its tokens. The list below the drawing says the same: the page works without this file.
// The viewer's own mark (bpmn.io) stays visible, as its licence asks.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./process.css";

interface Canvas {
    zoom(how: "fit-viewport"): void;
    addMarker(element: string, marker: string): void;
}
interface Overlays {
    add(element: string, overlay: { position: { top: number; left: number }; html: HTMLElement }): void;
}

function mark(viewer: NavigatedViewer, word: string): void {
    const canvas = viewer.get<Canvas>("canvas"), overlays = viewer.get<Overlays>("overlays");
    for (const step of Array.from(document.querySelectorAll<HTMLElement>("[data-step]"))) {
        const id = step.dataset.step ?? "", tokens = Number(step.dataset.tokens);
        const badge = document.createElement("span");
        badge.className = "token";
        badge.textContent = tokens > 1 ? `${word} × ${tokens}` : word;
        canvas.addMarker(id, "here");
        overlays.add(id, { position: { top: -22, left: -6 }, html: badge });
    }
    canvas.zoom("fit-viewport");
}

async function draw(place: HTMLElement): Promise<void> {
    const reply = await fetch(place.dataset.drawing ?? "", { credentials: "same-origin" });
    if (!reply.ok) return;
    const xml = await reply.text();
    if (!xml.includes("BPMNDiagram")) return; // nothing was drawn; the list is all there is
    place.hidden = false;
    const viewer = new NavigatedViewer({ container: place });
    await viewer.importXML(xml);
    mark(viewer, place.dataset.here ?? "");
}

const place = document.getElementById("drawing");
if (place) draw(place).catch(() => { place.hidden = true; });
