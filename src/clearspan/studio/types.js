// The shapes that the server sends, for editors and readers; nothing here runs.
// They mirror receipts.py and library/documents.py.

/**
 * @typedef {{room: string, q?: string, library?: string, page?: string, receipt?: string, document?: string,
 *   span?: string, since?: string, like?: string, served?: string, share?: string, price?: string, busy?: string, laws?: string,
 *   dictionary?: string, feature?: string, dials?: string, prompt?: string, colour?: string, view?: string}} Address
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
 * @typedef {string} Tier "calculator", "quote", "generate", or one that another package added
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
 * @typedef {object} ClaimPart One checkable thing that a sentence says.
 * @property {string} kind
 * @property {string} text
 * @property {number} start
 * @property {number} end
 * @property {"supported" | "contradicted" | "unsupported"} decision
 * @property {number} probability
 * @property {string} decided_by
 * @property {string} evidence
 * @property {number | null} citation
 *
 * @typedef {{name: string, effect: "rejects" | "lowers" | "raises" | "notes", detail: string, evidence: string}} Signal
 *
 * @typedef {object} Claim
 * @property {string} text
 * @property {Origin} origin
 * @property {Support} support
 * @property {number} score
 * @property {Check[]} checks
 * @property {ClaimPart[]} [parts]
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
 * @property {Signal[]} [signals]
 * @property {string} [publisher_listed]
 * @property {number} [witness] Sources of one number are one witness; 0 in old receipts.
 * @property {number} relevance
 * @property {string} excerpt
 *
 * @typedef {{code: string, message: string, searched: string[], found: string, would_help: string,
 *   probability?: number | null}} Abstention
 * @typedef {{tier: Tier, quality: number, joules: number, seconds: number, money: number, currency: string, why_not: string}} Offer
 * @typedef {{tier: Tier, why: string, offers: Offer[], escalated_from: Tier | null}} RouteDecision
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
 * @property {number} [money]
 * @property {string} [currency] Empty where nothing was paid.
 * @property {string} [money_how]
 *
 * @typedef {{text: string, origin: Origin, why: string, checks: Check[]}} Dropped
 * @typedef {"disagreement" | "age" | "readings"} ConflictCause
 * @typedef {{value: string, subject: string, claims: number[], sources: number[], witnesses: number, standing: number,
 *   date: string | null}} ConflictSide
 * @typedef {{about: string, cause: ConflictCause, sides: ConflictSide[], note: string}} Conflict
 * @typedef {{claims: Claim[], abstention: Abstention | null, conflict?: Conflict | null, notes: string[],
 *   spoken?: string}} Overview
 * @typedef {"wrong_source" | "misread_source" | "hallucination" | "not_retrieved" | "stale" | "conflict"} Fault
 * @typedef {{document_id: string, title: string, quote: string, start: number, end: number, publisher: string | null,
 *   date: string | null}} FaultEvidence
 * @typedef {{fault: Fault, sentence: string, claim: number | null, why: string, evidence: FaultEvidence[]}} Diagnosis
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
 * @property {Diagnosis[]} [diagnoses]
 * @property {{feature: string, label: string, activation: number, share?: number, claim: number}[]} [features]
 * @property {Meter} meter
 * @property {Versions} versions
 *
 * @typedef {{receipt_id: string, same: boolean, changes: string[], receipt: Receipt}} Replay
 *
 * @typedef {object} ReaderAct
 * @property {string} view The answer, or the results, that it was done with.
 * @property {"shown" | "citation_opened" | "result_clicked" | "receipt_opened" | "dwell"} kind
 * @property {number} [citation]
 * @property {number} [rank]
 * @property {number} [seconds]
 *
 * @typedef {{query_type: string, side: "overview" | "results" | "difference", estimate: Estimate}} MeasureRow
 * @typedef {{name: string, title: string, unit: "share" | "questions" | "seconds", how: string, rows: MeasureRow[]}} Measure
 * @typedef {{recorded: boolean, holdout: number, days: number}} ReadersPolicy
 * @typedef {{report: ReadersReport, policy: ReadersPolicy}} ReadersShape
 *
 * @typedef {object} ReadersReport
 * @property {string | null} since
 * @property {{overview: number, results: number}} sessions
 * @property {{overview: number, results: number}} questions
 * @property {Measure[]} measures
 * @property {string[]} notes
 *
 * @typedef {{event: "route", value: RouteDecision} | {event: "sources", value: Source[]}
 *   | {event: "claim", value: Claim} | {event: "receipt", value: Receipt}
 *   | {event: "view", value: View} | {event: "results", value: SearchResult}} AskEvent
 * @typedef {{view: string, holdout: number}} View What counts an answer, and the share of visits without overviews.
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
 * @typedef {object} DictionarySummary
 * @property {string} name MODEL/SITE/SIZE
 * @property {string} model
 * @property {string} site
 * @property {boolean} ships
 * @property {boolean} evidence
 * @property {{architecture: string, trained_as: string, tokens: number, measures: Record<string, number>}} card
 *
 * @typedef {object} FeatureColumns What a dictionary's map holds, an entry a feature.
 * @property {number} features
 * @property {number} tokens
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Float32Array} density
 * @property {Float32Array} maximum
 * @property {Int32Array} cluster
 *
 * @typedef {{feature: number, text: string, maker: string, score?: number | null, at: string}} FeatureLabel
 * @typedef {{tokens: string[], activations: number[], peak: number, source: string, band: "top" | "middle",
 *   written_by: string}} FeatureExample
 * @typedef {{token: string, weight: number}} TokenWeight
 *
 * @typedef {object} FeaturePage
 * @property {string} dictionary
 * @property {number} index
 * @property {string} name
 * @property {FeatureLabel | null} label
 * @property {FeatureLabel[]} history
 * @property {number} density
 * @property {number} maximum
 * @property {number} mean
 * @property {number[]} histogram
 * @property {FeatureExample[]} examples
 * @property {TokenWeight[]} promoted
 * @property {TokenWeight[]} suppressed
 * @property {{index: number, cosine: number, label: string}[]} neighbours
 * @property {number} x
 * @property {number} y
 * @property {number} cluster
 * @property {DialRange} dial
 *
 * @typedef {{recommended: number | null, limit: number | null, presets: string[]}} DialRange
 * @typedef {{index: number, label: string, density: number, score: number, parts: Record<string, number>}} FeatureHit
 * @typedef {{query: string, hits: FeatureHit[], note: string}} FeatureHits
 * @typedef {{name: string, title: string, description: string, model: string, dictionary: string,
 *   dials: {target: string, operation: string, share: number}[], dose: {recommended: number, limit: number},
 *   measured: Record<string, number>}} Preset
 *
 * @typedef {"undialled" | "dialled"} Side
 * @typedef {{index: number, activation: number, share: number}} ActiveFeature
 * @typedef {{text: string, features: ActiveFeature[]}} StripToken
 * @typedef {{event: "said", value: {side: Side, text: string}}
 *   | {event: "ended", value: {side: Side, reason: "stop" | "length", output_tokens: number}}
 *   | {event: "strip", value: {side: Side, dictionary: string, tokens: StripToken[], labels: Record<string, string>}}
 *   | {event: "note", value: {side: Side, text: string}}
 *   | {event: "done", value: {}}} GenerateEvent
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
