// The shapes that the server sends, for editors and readers; nothing here runs.
// They mirror receipts.py and library/documents.py.

/**
 * @typedef {{room: string, q?: string, library?: string, receipt?: string, document?: string, span?: string,
 *   like?: string, served?: string, share?: string, price?: string, busy?: string, laws?: string}} Address
 *
 * @typedef {object} Room What a room's createRoom(host) returns.
 * @property {(address: Address) => void} update The address has changed, or the room is entered.
 * @property {(address: Address) => string} [title] Title of the window, if the room's own name will not do.
 * @property {(documentId: string) => Source | null} [judgement] What the answer shown says about a source.
 * @property {(documentId: string, span: [number, number]) => string | null} [wordsThen] What the answer shown found
 *   at a span of a document when it was given.
 * @property {(tell: () => void) => void} [onJudgement] Tells when judgements, and words, arrive later.
 *
 * @typedef {object} RoomEntry
 * @property {string} name Its part of the address.
 * @property {string} title
 * @property {string} letter The key after `g`.
 * @property {() => Promise<{createRoom: (host: HTMLElement) => Room}>} load
 *
 * @typedef {"quoted" | "generated" | "calculated"} Origin
 * @typedef {"supported" | "disputed" | "contradicted" | "unsupported"} Support
 * @typedef {"reporting" | "reference" | "opinion" | "satire" | "forum" | "promotion" | "unknown"} Kind
 * @typedef {"calculator" | "quote" | "generate"} Tier
 *
 * @typedef {object} Citation
 * @property {number} number
 * @property {string} document_id
 * @property {string} passage_id
 * @property {number} start Offset in code points, as Python counts.
 * @property {number} end
 * @property {string} quote
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} publisher
 * @property {string | null} date
 * @property {number | null} page
 *
 * @typedef {{name: string, score: number, detail: string}} Check
 * @typedef {{expression: string, result: string, method: string}} Calculation
 *
 * @typedef {object} Claim
 * @property {string} text
 * @property {Origin} origin
 * @property {Support} support
 * @property {number} score
 * @property {Check[]} checks
 * @property {Citation[]} citations
 * @property {Calculation | null} calculation
 *
 * @typedef {object} Source
 * @property {number | null} number
 * @property {string} document_id
 * @property {string} passage_id
 * @property {number} start
 * @property {number} end
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} publisher
 * @property {string | null} date
 * @property {Kind} kind
 * @property {boolean} believed
 * @property {number} standing
 * @property {string[]} reasons
 * @property {string | null} copy_of
 * @property {number} relevance
 * @property {string} excerpt
 *
 * @typedef {{code: string, message: string, searched: string[], found: string, would_help: string}} Abstention
 * @typedef {{tier: Tier, quality: number, joules: number, seconds: number}} TierOffer
 * @typedef {{tier: Tier, why: string, offers: TierOffer[], escalated_from: Tier | null}} RouteDecision
 * @typedef {{name: string, seconds: number}} Stage
 *
 * @typedef {object} Meter
 * @property {number} seconds
 * @property {Stage[]} stages
 * @property {number} input_tokens
 * @property {number} output_tokens
 * @property {number} cpu_seconds
 * @property {number} joules
 * @property {string} joules_how
 *
 * @typedef {{text: string, origin: Origin, why: string, checks: Check[]}} Dropped
 * @typedef {{claims: Claim[], abstention: Abstention | null, notes: string[]}} Overview
 * @typedef {{clearspan: string, library_revision: number, model: string | null, embedder: string | null}} Versions
 *
 * @typedef {object} Receipt
 * @property {string} id
 * @property {string} created_at
 * @property {string} question
 * @property {string} library
 * @property {RouteDecision} route
 * @property {Overview} overview
 * @property {Source[]} sources
 * @property {Dropped[]} dropped
 * @property {Meter} meter
 * @property {Versions} versions
 *
 * @typedef {{receipt_id: string, same: boolean, changes: string[], receipt: Receipt}} Replay
 *
 * @typedef {object} ReaderEvent
 * @property {"citation_opened" | "result_clicked" | "receipt_opened" | "document_opened"} kind
 * @property {string | null} [receipt_id]
 * @property {string | null} [document_id]
 * @property {number | null} [citation]
 *
 * @typedef {{event: "route", value: RouteDecision} | {event: "sources", value: Source[]}
 *   | {event: "claim", value: Claim} | {event: "receipt", value: Receipt}} AskEvent
 *
 * @typedef {object} LibrarySummary
 * @property {string} name
 * @property {number} documents
 * @property {number} passages
 * @property {number} revision
 * @property {string[]} searches
 * @property {string} problem Why the library cannot be opened; empty if it can.
 *
 * @typedef {object} DocumentSummary
 * @property {string} id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} publisher
 * @property {string | null} author
 * @property {string | null} date
 * @property {Kind} kind
 * @property {string} media_type
 * @property {string} added_at
 *
 * @typedef {DocumentSummary & {text: string, page_starts: number[]}} WholeDocument
 *
 * @typedef {object} Hit
 * @property {DocumentSummary} document
 * @property {{id: string, start: number, end: number, text: string, heading: string, page: number | null}} passage
 * @property {number} score
 * @property {{name: string, rank: number, score: number}[]} legs
 *
 * @typedef {{query: string, legs: string[], note: string, hits: Hit[]}} SearchResult
 *
 * @typedef {object} Change
 * @property {string} locator
 * @property {"added" | "replaced" | "unchanged" | "skipped" | "failed" | "removed" | "vanished"} outcome
 * @property {string | null} document_id
 * @property {number} passages
 * @property {string} problem
 * @property {string} remedy
 *
 * @typedef {object} ChartSeries One curve, or one set of points; null breaks a line.
 * @property {string} name
 * @property {"line" | "dashed" | "points"} style
 * @property {number[]} x
 * @property {(number | null)[]} y
 * @property {(number | null)[]} low
 * @property {(number | null)[]} high
 *
 * @typedef {object} Chart
 * @property {string} name
 * @property {string} title
 * @property {string} x
 * @property {string} y
 * @property {boolean} x_log
 * @property {boolean} y_log
 * @property {string} caption
 * @property {ChartSeries[]} series
 * @property {{x: number, y: number, label: string}[]} marks
 *
 * @typedef {{value: number | null, low: number | null, high: number | null, unit: string, how: string}} Estimate
 * @typedef {{title: string, columns: string[], rows: (string | number | null)[][], note: string}} PlanTable
 *
 * @typedef {object} Plan
 * @property {string} title
 * @property {string[]} summary
 * @property {Record<string, Estimate>} numbers
 * @property {PlanTable[]} tables
 * @property {Chart[]} charts
 * @property {string[]} notes
 */

export {};
