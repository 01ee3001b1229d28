// The server's routes, one function each; whatever goes wrong becomes a Problem with what, why and do.

import { askForKey, key } from "./apikey.js";
import { readEvents } from "./sse.js";

/** @typedef {import("./types.js").Receipt} Receipt */
/** @typedef {import("./types.js").AskEvent} AskEvent */
/** @typedef {import("./types.js").ErrorEvent} ErrorEvent */
/** @typedef {{what: string, why?: string, do?: string, code?: string, status?: number}} ProblemParts */

export class Problem extends Error {
  /** @param {ProblemParts} parts */
  constructor({ what, why = "", do: remedy = "", code = "error", status = 0 }) {
    super(what);
    this.what = what;
    this.why = why;
    this.do = remedy;
    this.code = code;
    this.status = status;
  }
}

const AWAY = {
  what: "The server does not answer.",
  why: "It may have been stopped, or this computer was cut off from it.",
  do: "Start it again with make run or clearspan serve, then try once more.",
  code: "away",
};

const BROKEN_OFF = {
  what: "The answer broke off before its receipt was recorded.",
  why: "The connection to the server was lost.",
  do: "What stands above was verified, but ask again for an answer with a receipt.",
  code: "broken_off",
};

/** @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === "AbortError";

/** @param {number} status @param {unknown} body @param {string} statusText */
function problemOf(status, body, statusText) {
  const error = /** @type {any} */ (body)?.error ?? {};
  return new Problem({
    what: error.what || error.message || `The server answered ${status} ${statusText}.`,
    why: error.why,
    do: error.do || (status >= 500 ? "Try again; if it stays, look at the server's log." : ""),
    code: error.code ?? undefined,
    status,
  });
}

/** @returns {Record<string, string>} */
const credentials = () => (key() ? { Authorization: `Bearer ${key()}` } : {});

/**
 * @param {string} path
 * @param {RequestInit & {json?: unknown}} [how]
 * @returns {Promise<Response>} an answer that is not an error
 */
export async function call(path, { json, ...how } = {}) {
  for (;;) {
    const sent = key();
    const headers = credentials();
    if (json !== undefined) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(path, {
        ...how,
        headers,
        body: json === undefined ? how.body : JSON.stringify(json),
      });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new Problem(AWAY);
    }
    if (response.ok) return response;
    if (response.status === 401 && (await askForKey(sent))) continue;
    throw problemOf(response.status, await response.json().catch(() => null), response.statusText);
  }
}

/** @param {Record<string, string | number | undefined>} values */
export function query(values) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

const path = encodeURIComponent;

/** @param {string} route @param {RequestInit & {json?: unknown}} [how] */
export const read = async (route, how) => (await call(route, how)).json();

/** @returns {Promise<{libraries: import("./types.js").LibrarySummary[], default: string}>} */
export const libraries = () => read("/api/libraries");

/** @param {string} [library] @returns {Promise<{documents: import("./types.js").DocumentSummary[]}>} */
export const documents = (library) => read(`/api/library/documents${query({ library })}`);

/** @param {string} id @param {string} [library] @returns {Promise<import("./types.js").DocumentText>} */
export const documentText = (id, library) => read(`/api/library/documents/${path(id)}${query({ library })}`);

/** @param {string} q @param {{library?: string, limit?: number, signal?: AbortSignal}} [how]
 *  @returns {Promise<import("./types.js").SearchShape>} */
export const search = (q, { library, limit = 12, signal } = {}) =>
  read(`/api/library/search${query({ query: q, limit, library })}`, { signal });

/** @param {string} id @param {string} [library] */
export const removeDocument = (id, library) =>
  call(`/api/library/documents/${path(id)}${query({ library })}`, { method: "DELETE" });

/** @param {{before?: string, limit?: number}} [how] @returns {Promise<{receipts: Receipt[]}>} */
export const receipts = ({ before, limit = 50 } = {}) => read(`/api/receipts${query({ limit, before })}`);

/** @param {string} id @returns {Promise<Receipt>} */
export const receipt = (id) => read(`/api/receipts/${path(id)}`);

/** @param {string} id @returns {Promise<import("./types.js").Replay>} */
export const replay = (id) => read(`/api/receipts/${path(id)}/replay`, { method: "POST" });

/** Which faults the sentences of a receipt have. @param {string} id @param {string} gold the right answer, if it is known
 *  @returns {Promise<{diagnoses: import("./types.js").Diagnosis[]}>} */
export const diagnose = (id, gold) =>
  read(`/api/receipts/${path(id)}/diagnose`, { method: "POST", json: gold ? { gold } : {} });

/** @param {"lifetime" | "magnitudes"} question @param {URLSearchParams} asked @param {AbortSignal} signal
 *  @returns {Promise<import("./types.js").Plan>} */
export const plan = (question, asked, signal) => read(`/api/plan/${question}?${asked}`, { signal });

/** A chart of a plan as a file. @param {"lifetime" | "magnitudes"} question @param {URLSearchParams} asked
 *  @param {string} name @param {"svg" | "csv"} ending */
export const planFile = async (question, asked, name, ending) =>
  (await call(`/api/plan/${question}/charts/${path(name)}.${ending}?${asked}`)).blob();

/** How far answers can be trusted, as measured. @returns {Promise<import("./types.js").Plan>} */
export const truth = () => read("/api/truth");

/** A chart of it as a file. @param {string} name @param {"svg" | "csv"} ending */
export const truthFile = async (name, ending) => (await call(`/api/truth/charts/${path(name)}.${ending}`)).blob();

/** What readers did. @param {string} [since] a number of days such as 30d @returns {Promise<import("./types.js").ReadersShape>} */
export const readers = (since) => read(`/api/readers${query({ since })}`);

/** The same as a file. @param {string} [since] */
export const readersFile = async (since) => (await call(`/api/readers.csv${query({ since })}`)).blob();

/**
 * Posts, and yields each event as it comes, up to one that ends the stream.
 * @template {{event: string}} Event
 * @param {string} route
 * @param {{json: object, ends: Event["event"][], broken: ProblemParts, signal: AbortSignal}} how
 * @returns {AsyncGenerator<Exclude<Event, ErrorEvent>>}
 */
export async function* stream(route, { json, ends, broken, signal }) {
  const response = await call(route, { method: "POST", json, signal });
  try {
    for await (const { event, data } of readEvents(/** @type {ReadableStream<BufferSource>} */ (response.body))) {
      const value = JSON.parse(data);
      if (event === "error") throw new Problem(value);
      yield /** @type {Exclude<Event, ErrorEvent>} */ (/** @type {unknown} */ ({ event, data: value }));
      if (ends.includes(event)) return;
    }
  } catch (error) {
    if (isAbort(error) || error instanceof Problem) throw error;
    throw new Problem(broken);
  }
  throw new Problem(broken);
}

/**
 * Asks; ends with the receipt, or with search results for a visit that sees no overviews.
 * @param {string} question
 * @param {{library?: string, session?: string, signal: AbortSignal}} how
 * @returns {AsyncGenerator<Exclude<AskEvent, ErrorEvent>>}
 */
export function ask(question, { library, session, signal }) {
  const json = { question, stream: true, ...(library ? { library } : {}), ...(session ? { session } : {}) };
  return stream("/api/ask", { json, ends: ["receipt", "results"], broken: BROKEN_OFF, signal });
}

/**
 * Adds a file. XMLHttpRequest, because fetch does not tell how much of an upload has gone.
 * @param {File} file
 * @param {{library?: string, onProgress: (share: number) => void, signal: AbortSignal}} how
 * @returns {Promise<import("./types.js").Change>}
 */
export async function upload(file, { library, onProgress, signal }) {
  for (;;) {
    const sent = key();
    const { status, statusText, body } = await send(file, library, onProgress, signal);
    if (status >= 200 && status < 300) return body;
    if (status === 401 && (await askForKey(sent))) continue;
    throw problemOf(status, body, statusText);
  }
}

/**
 * @param {File} file @param {string | undefined} library
 * @param {(share: number) => void} onProgress @param {AbortSignal} signal
 * @returns {Promise<{status: number, statusText: string, body: any}>}
 */
function send(file, library, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/library/documents${query({ library })}`);
    request.responseType = "json";
    for (const [name, value] of Object.entries(credentials())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () =>
      resolve({ status: request.status, statusText: request.statusText, body: request.response });
    request.onerror = () => reject(new Problem(AWAY));
    request.onabort = () => reject(new DOMException("Stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}
