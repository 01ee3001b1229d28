// The map of all features: every point drawn into the canvas's own pixels, so that panning costs the same on any
// computer, and names over them by zoom. It pans by drag and arrows, zooms by wheel, pinch, buttons and + -.

import { element } from "../../dom.js";
import { createPainter } from "./mappainter.js";

/** @typedef {import("../../insideapi.js").FeatureColumns} FeatureColumns */
/** @typedef {{x: number, y: number, zoom: number}} View centre in map units, and magnification. */
/** @typedef {{index: number, near: number[]} | null} Chosen */

export const WHOLE = { x: 0, y: 0, zoom: 1 };
const MOST_ZOOM = 60;
const STEP = 1.5;
const REACH = 12;
const SETTLED_MS = 250;

/** The view that an address gives; the whole map if it gives none that can be used. @param {string} [text] */
export function viewOf(text) {
  const [x, y, zoom] = (text ?? "").split(",").map(Number);
  const usable = [x, y, zoom].every(Number.isFinite) && zoom >= 1 && zoom <= MOST_ZOOM;
  return usable ? { x, y, zoom } : { ...WHOLE };
}

/** @param {View} view */
export const writtenView = ({ x, y, zoom }) =>
  zoom === 1 && !x && !y ? undefined : [x.toFixed(3), y.toFixed(3), zoom.toFixed(2)].join(",");

/**
 * @param {{onChoose: (index: number) => void, onSettle: (view: View) => void}} does `onSettle` is called when the map
 *   has come to rest somewhere else.
 */
export function createFeatureMap({ onChoose, onSettle }) {
  const canvas = element("canvas", {
    class: "map-canvas",
    tabindex: "0",
    role: "img",
    "aria-label": "Map of all features. Arrow keys move it, plus and minus zoom; the list beside it names what is in view.",
  });
  const tip = element("p", { class: "map-tip", hidden: true, "aria-hidden": "true" });
  const buttons = element(
    "div",
    { class: "map-buttons" },
    element("button", { type: "button", text: "+", "aria-label": "Zoom in", on: { click: () => zoomBy(STEP) } }),
    element("button", { type: "button", text: "−", "aria-label": "Zoom out", on: { click: () => zoomBy(1 / STEP) } }),
    element("button", { type: "button", text: "Whole map", on: { click: () => move({ ...WHOLE }) } }),
  );
  const holder = element("div", { class: "map" }, canvas, tip, buttons);
  const painter = createPainter(canvas);
  let view = /** @type {View} */ ({ ...WHOLE });
  let drawn = 0;
  let settling = 0;

  const redraw = () => {
    drawn ||= requestAnimationFrame(() => {
      drawn = 0;
      painter.paint(view);
    });
  };

  /** @param {View} next */
  function move(next) {
    const zoom = Math.max(1, Math.min(MOST_ZOOM, next.zoom));
    const clamped = (/** @type {number} */ value) => Math.max(-1.1, Math.min(1.1, value));
    view = { x: clamped(next.x), y: clamped(next.y), zoom };
    tip.hidden = true;
    redraw();
    clearTimeout(settling);
    settling = window.setTimeout(() => onSettle(view), SETTLED_MS);
  }

  /** Zooms and keeps the point under a place of the canvas where it is. @param {number} factor
   *  @param {{x: number, y: number}} [at] */
  function zoomBy(factor, at) {
    const before = painter.place(at ?? { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }, view);
    const zoom = Math.max(1, Math.min(MOST_ZOOM, view.zoom * factor));
    const share = view.zoom / zoom;
    move({ x: before.x + (view.x - before.x) * share, y: before.y + (view.y - before.y) * share, zoom });
  }

  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();
  let travelled = 0;
  /** @param {PointerEvent} event */
  const where = (event) => ({ x: event.offsetX, y: event.offsetY });

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (!pointers.size) travelled = 0;
    pointers.set(event.pointerId, where(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = where(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      hover(now);
      return;
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    pointers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const perPixel = painter.unitsPerPixel(view);
    const share = others.length ? 0.5 : 1;
    move({ ...view, x: view.x - (now.x - before.x) * perPixel * share, y: view.y - (now.y - before.y) * perPixel * share });
    const [other] = others;
    if (other) {
      const apart = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      zoomBy(apart, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(name, (event) => {
      const held = pointers.delete(event.pointerId);
      if (name === "pointerup" && held && travelled < 4) {
        const found = painter.nearest(where(event), view, REACH);
        if (found !== null) onChoose(found);
      }
    });
  }
  canvas.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      // Whoever only scrolls past keeps scrolling; the map zooms once it has been clicked, or with Ctrl.
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), where(/** @type {any} */ (event)));
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const by = 64 * painter.unitsPerPixel(view);
    /** @type {Record<string, () => void>} */
    const does = {
      ArrowLeft: () => move({ ...view, x: view.x - by }),
      ArrowRight: () => move({ ...view, x: view.x + by }),
      ArrowUp: () => move({ ...view, y: view.y - by }),
      ArrowDown: () => move({ ...view, y: view.y + by }),
      "+": () => zoomBy(STEP),
      "=": () => zoomBy(STEP),
      "-": () => zoomBy(1 / STEP),
      0: () => move({ ...WHOLE }),
    };
    const act = does[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  /** @param {{x: number, y: number}} at */
  function hover(at) {
    const found = painter.nearest(at, view, REACH);
    canvas.classList.toggle("is-over", found !== null);
    tip.hidden = found === null;
    if (found === null) return;
    tip.textContent = painter.nameOf(found);
    const isRight = at.x > canvas.clientWidth / 2;
    tip.style.left = isRight ? "" : `${at.x + 12}px`;
    tip.style.right = isRight ? `${canvas.clientWidth - at.x + 12}px` : "";
    tip.style.top = `${Math.min(canvas.clientHeight - 32, at.y + 12)}px`;
  }

  new ResizeObserver(redraw).observe(canvas);
  const recolour = () => {
    painter.recolour();
    redraw();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  return {
    element: holder,
    /** @param {FeatureColumns} columns @param {Map<number, string>} labels */
    show(columns, labels) {
      painter.load(columns, labels);
      redraw();
    },
    /** @param {Map<number, string>} labels */
    relabel(labels) {
      painter.relabel(labels);
      redraw();
    },
    /** @param {"density" | "cluster"} by */
    colour(by) {
      painter.colourBy(by);
      redraw();
    },
    /** Lights a feature and its neighbours. @param {Chosen} chosen */
    choose(chosen) {
      painter.choose(chosen);
      redraw();
    },
    /** @param {View} next */
    look(next) {
      view = next;
      redraw();
    },
    /** Brings a feature into view if it is out of it. @param {number} index */
    reveal(index) {
      const at = painter.inside(index, view);
      if (at) move({ ...view, ...at });
    },
    /** Features in view, those whose label says most first. @param {number} most */
    inView: (most) => painter.inView(view, most),
  };
}
