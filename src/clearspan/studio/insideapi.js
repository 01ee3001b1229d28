// The server's routes for the Inside room, one function each.

import { Problem, call, isAbort, query, read } from "./api.js";
import { readEvents } from "./sse.js";

/** @typedef {import("./types.js").FeaturePage} FeaturePage */

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

/** @returns {Promise<{presets: import("./types.js").Preset[]}>} */
export const presets = () => read("/api/presets");

/** @param {string} text base64 */
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

/** Every feature of a dictionary. @param {string} name @returns {Promise<import("./types.js").FeatureColumns>} */
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
  read(`${route(name)}/find${query({ q, limit: 40, meaning: meaning ? "true" : undefined })}`, { signal });

/**
 * Generates without dials and with them, and yields each part as it comes; ends with `done`.
 * @param {{prompt: string, dials: string[], dictionary: string | undefined}} asked @param {AbortSignal} signal
 * @returns {AsyncGenerator<import("./types.js").GenerateEvent>}
 */
export async function* generate(asked, signal) {
  const response = await call("/api/inside/generate", { method: "POST", json: asked, signal });
  const body = /** @type {ReadableStream<BufferSource>} */ (response.body);
  try {
    for await (const { event, data } of readEvents(body)) {
      const value = JSON.parse(data);
      if (event === "error") throw new Problem(value);
      yield /** @type {import("./types.js").GenerateEvent} */ ({ event, value });
      if (event === "done") return;
    }
  } catch (error) {
    if (isAbort(error) || error instanceof Problem) throw error;
    throw new Problem(CUT_OFF);
  }
  throw new Problem(CUT_OFF);
}
