// A page without a browser, for tests of what makes elements. Imported first.

import { parseHTML } from "linkedom";

const { window, document } = parseHTML("<!doctype html><html><body><main></main></body></html>");
const { HTMLElement, HTMLInputElement, Element, Event, Node } = window;
Object.assign(globalThis, { window, document, HTMLElement, HTMLInputElement, Element, Event, Node });

/** What a reader sees of an element, white space run together. */
export const seen = (node) => node.textContent.replace(/\s+/g, " ").trim();
