// Draws a case's process with its tokens. The list below the drawing says the same: the page works without this file.
// The viewer's own mark (bpmn.io) stays visible, as its licence asks.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./process.css";

const MARGIN = 40; // of the drawing's own units

interface Box {
    x: number;
    y: number;
    width: number;
    height: number;
}
interface Canvas {
    zoom(how: "fit-viewport"): void;
    viewbox(): Box & { inner: Box };
    viewbox(box: Box): void;
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
    fit(canvas);
}

// The whole drawing, with a margin for tokens and names that stand out over its edge.
function fit(canvas: Canvas): void {
    const { inner } = canvas.viewbox();
    canvas.viewbox({ x: inner.x - MARGIN, y: inner.y - MARGIN, width: inner.width + 2 * MARGIN, height: inner.height + 2 * MARGIN });
}

// The drawing with the names that the page's list has, which are in the reader's language.
function named(xml: string): string {
    const drawing = new DOMParser().parseFromString(xml, "application/xml");
    const elements = new Map(Array.from(drawing.querySelectorAll("[id]"), (element) => [element.id, element]));
    for (const step of Array.from(document.querySelectorAll<HTMLElement>("[data-id]"))) {
        const element = elements.get(step.dataset.id ?? "");
        if (element?.hasAttribute("name")) element.setAttribute("name", step.dataset.name ?? "");
    }
    return new XMLSerializer().serializeToString(drawing);
}

async function draw(place: HTMLElement): Promise<void> {
    const reply = await fetch(place.dataset.drawing ?? "", { credentials: "same-origin" });
    if (!reply.ok) return;
    const xml = await reply.text();
    if (!xml.includes("BPMNDiagram")) return; // nothing was drawn; the list is all there is
    place.hidden = false;
    const viewer = new NavigatedViewer({ container: place });
    await viewer.importXML(named(xml));
    mark(viewer, place.dataset.here ?? "");
}

const place = document.getElementById("drawing");
if (place) draw(place).catch(() => { place.hidden = true; });
