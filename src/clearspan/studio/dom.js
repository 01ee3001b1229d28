// Elements, made without markup: whatever comes from a document or a model can only ever become text.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Special
 * @property {string} [class]
 * @property {string} [text]
 * @property {Record<string, string>} [data]
 * @property {Record<string, (event: any) => void>} [on]
 * @typedef {Special & Record<string, unknown>} Properties
 * @typedef {Node | string | null | undefined | false} Child
 */

/**
 * An element with attributes, listeners and children. Attributes that are null, undefined or false are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  const { class: className, text, data = {}, on = {}, ...attributes } = properties;
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  Object.assign(made.dataset, data);
  for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...present(children));
  return made;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
export const present = (children) =>
  /** @type {(Node | string)[]} */ (children.filter((child) => child || child === ""));

/**
 * A drawn sign of 16 by 16 units. With a name it is an image that a screen reader speaks; without, it is silent.
 * @param {[tag: string, attributes: Record<string, string>][]} shapes
 * @param {string} className
 * @param {string} [name]
 */
export function sign(shapes, className, name) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 16 16");
  drawn.setAttribute("class", className);
  drawn.setAttribute("focusable", "false");
  if (name) {
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", name);
    const title = document.createElementNS(SVG, "title");
    title.textContent = name;
    drawn.append(title);
  } else {
    drawn.setAttribute("aria-hidden", "true");
  }
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    drawn.append(shape);
  }
  return drawn;
}

/**
 * An element of a drawing, with its attributes and children.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
export function drawing(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** A link that leaves the page, only if its address is one that cannot run anything. @param {string} url */
export function outside(url) {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return element("span", { text: url });
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") return element("span", { text: url });
  return element("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer", text: url });
}

/** Says something once to a screen reader. @param {string} message */
export function announce(message) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = message;
}
