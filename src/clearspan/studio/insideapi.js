// The server's routes for the Inside room, one function each.

import { query, read, stream } from "./api.js";

/** @typedef {import("./types.js").FeaturePage} FeaturePage */

/**
 * @typedef {object} FeatureColumns What a dictionary's map holds, an entry a feature.
 * @property {number} features
 * @property {number} tokens
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Float32Array} density
 * @property {Float32Array} maximum
 * @property {Int32Array} cluster
 */

const CUT_OFF = {
  what: "The text broke off.",
  why: "The connection to the server was lost.",
  do: "Generate again.",
  code: "broken_off",
};

/** The slashes of a dictionary's name stay. @param {string} name */
const route = (name) => `/api/dictionaries/${name.split("/").map(encodeURIComponent).join("/")}`;

/** @returns {Promise<{dictionaries: import("./types.js").DictionarySummary[], default: string | null}>} */
export const dictionaries = () => read("/api/dictionaries");

/** @returns {Promise<{presets: import("./types.js").PresetShape[]}>} */
export const presets = () => read("/api/presets");

/** @param {string} text base64 */
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

/** Every feature of a dictionary. @param {string} name @returns {Promise<FeatureColumns>} */
export async function featureMap(name) {
  const found = await read(`${route(name)}/map`);
  return {
    features: found.features,
    tokens: found.tokens,
    x: new Float32Array(bytes(found.x)),
    y: new Float32Array(bytes(found.y)),
    density: new Float32Array(bytes(found.density)),
    maximum: new Float32Array(bytes(found.maximum)),
    cluster: new Int32Array(bytes(found.cluster)),
  };
}

/** The labels that stand. @param {string} name @returns {Promise<Map<number, string>>} */
export async function featureLabels(name) {
  const { labels, telling } = await read(`${route(name)}/labels`);
  return new Map(telling.map((/** @type {number} */ index) => [index, labels[index]]));
}

/** @param {string} name @param {number} index @param {AbortSignal} signal @returns {Promise<FeaturePage>} */
export const feature = (name, index, signal) => read(`${route(name)}/features/${index}`, { signal });

/** @param {string} name @param {number} index @param {string} text @returns {Promise<FeaturePage>} */
export const setLabel = (name, index, text) =>
  read(`${route(name)}/features/${index}/label`, { method: "PUT", json: { text } });

/** By words, or by what features respond to and make the model say. @param {string} name @param {string} q
 *  @param {boolean} meaning @param {AbortSignal} signal @returns {Promise<import("./types.js").FeatureHits>} */
export const findFeatures = (name, q, meaning, signal) =>
  read(`${route(name)}/find${query({ query: q, limit: 40, meaning: meaning ? "true" : undefined })}`, { signal });

/**
 * Generates without dials and with them, side by side; ends with `done`.
 * @param {{prompt: string, dials: string[], dictionary: string | undefined}} json @param {AbortSignal} signal
 * @returns {AsyncGenerator<Exclude<import("./types.js").GenerateEvent, import("./types.js").ErrorEvent>>}
 */
export const generate = (json, signal) =>
  stream("/api/inside/generate", { json, ends: ["done"], broken: CUT_OFF, signal });
