// A chart drawn from its data: thin lines, bands for intervals, names beside their lines, axes that say if they are
// logarithmic, and a table twin. The server draws the same chart as a file.

import { drawing, element } from "../../dom.js";
import { axis, usable } from "./axes.js";
import { createPlacer } from "./labels.js";
import { table } from "./tables.js";

/** @typedef {import("../../types.js").Chart} Chart */
/** @typedef {import("../../types.js").Series} ChartSeries */
/** @typedef {import("./axes.js").Axis} Axis */
/** @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number}} Frame */

/** A narrow screen has no room for names beside the lines: they stand below the picture. */
export const NARROW = matchMedia("(max-width: 600px)");

/** @type {Frame} */
const WIDE_FRAME = { width: 720, height: 420, left: 64, right: 568, top: 16, bottom: 368 };
/** @type {Frame} */
const NARROW_FRAME = { width: 368, height: 340, left: 52, right: 356, top: 12, bottom: 292 };
const COLOURS = 6;
const ROWS = 24;

/** @param {ChartSeries} series @param {Axis} across @param {Axis} up @param {Chart} chart */
function curve(series, across, up, chart) {
  let pen = "M";
  const parts = series.x.map((x, index) => {
    const y = series.y[index];
    if (!usable(x, chart.x_log) || !usable(y, chart.y_log)) {
      pen = "M";
      return "";
    }
    const step = `${pen}${across.place(x).toFixed(1)} ${up.place(y).toFixed(1)}`;
    pen = "L";
    return step;
  });
  return parts.join("");
}

/** One edge of a band, as points of a polygon. @param {ChartSeries} series @param {(number | null)[]} edge
 *  @param {Axis} across @param {Axis} up @param {Chart} chart */
const edgeOf = (series, edge, across, up, chart) =>
  series.x.flatMap((x, index) => {
    const y = edge[index];
    return usable(x, chart.x_log) && usable(y, chart.y_log) ? [`${across.place(x)},${up.place(y)}`] : [];
  });

/** @param {ChartSeries} series @param {number} colour @param {Axis} across @param {Axis} up @param {Chart} chart */
function drawn(series, colour, across, up, chart) {
  const parts = [];
  if (series.low.length) {
    const there = edgeOf(series, series.high, across, up, chart);
    const back = edgeOf(series, series.low, across, up, chart).reverse();
    parts.push(drawing("polygon", { class: `chart-band series-${colour}`, points: [...there, ...back].join(" ") }));
  }
  if (series.style === "points") {
    series.x.forEach((x, index) => {
      const y = series.y[index];
      if (usable(x, chart.x_log) && usable(y, chart.y_log))
        parts.push(drawing("circle", { class: `chart-point series-${colour}`, cx: across.place(x), cy: up.place(y), r: 2.5 }));
    });
    return parts;
  }
  const style = `chart-line series-${colour}${series.style === "dashed" ? " chart-dashed" : ""}`;
  parts.push(drawing("path", { class: style, d: curve(series, across, up, chart) }));
  return parts;
}

/** Points that a mark names one by one need no name of their own. @param {ChartSeries} series @param {Chart} chart */
const spoken = (series, chart) => series.style === "points" && chart.marks.length > 0;

/** @param {Chart} chart @param {Frame} frame */
function picture(chart, frame) {
  const xs = [...chart.series.flatMap((one) => one.x), ...chart.marks.map((mark) => mark.x)];
  const ys = [
    ...chart.series.flatMap((one) => [...one.y, ...one.low, ...one.high]),
    ...chart.marks.map((mark) => mark.y),
  ];
  const across = axis(xs, chart.x_log, frame.left, frame.right, 0);
  const up = axis(ys, chart.y_log, frame.bottom, frame.top, 0.06);
  const label = `${chart.title}. ${chart.caption}`;
  return drawing(
    "svg",
    { viewBox: `0 0 ${frame.width} ${frame.height}`, role: "img", class: "chart-picture", "aria-label": label },
    ...axes(chart, across, up, frame),
    ...chart.series.flatMap((series, index) => drawn(series, index % COLOURS, across, up, chart)),
    ...words(chart, across, up, frame),
  );
}

/** Names of lines and of marks, in an order in which the ones that cannot move go first.
 *  @param {Chart} chart @param {Axis} across @param {Axis} up @param {Frame} frame */
function words(chart, across, up, frame) {
  const taken = chart.marks.map((mark) => ({ start: across.place(mark.x) - 5, end: across.place(mark.x) + 5, y: up.place(mark.y) + 4 }));
  const place = createPlacer(frame.width, taken);
  const put = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ text, /** @type {string} */ style) => {
    const at = place(x, y, text);
    return drawing("text", { class: style, x: at.start, y: at.y }, text);
  };
  const named = frame === NARROW_FRAME ? [] : chart.series.flatMap((series, index) => {
    const last = series.y.findLastIndex((y) => usable(y, chart.y_log));
    if (last < 0 || spoken(series, chart)) return [];
    const style = `chart-name series-${index % COLOURS}`;
    return [{ x: across.place(series.x[last]), y: up.place(/** @type {number} */ (series.y[last])), name: series.name, style }];
  });
  let lowest = -Infinity;
  const atEdge = named.filter((one) => one.x > frame.right - 24).sort((one, other) => one.y - other.y);
  const edge = atEdge.map(({ y, name, style }) => {
    lowest = Math.max(y, lowest + 15);
    taken.push({ start: frame.right + 4, end: frame.width, y: lowest + 4 });
    return drawing("text", { class: style, x: frame.right + 8, y: lowest + 4 }, name);
  });
  const marks = chart.marks.flatMap((mark) => {
    const [x, y] = [across.place(mark.x), up.place(mark.y)];
    return [drawing("circle", { class: "chart-mark", cx: x, cy: y, r: 4.5 }), put(x, y, mark.label, "chart-label")];
  });
  const inside = named.filter((one) => one.x <= frame.right - 24).map(({ x, y, name, style }) => put(x, y, name, style));
  return [...edge, ...marks, ...inside];
}

/** @param {Chart} chart @param {Axis} across @param {Axis} up @param {Frame} frame */
function axes(chart, across, up, { left, right, top, bottom, height }) {
  const parts = across.ticks.flatMap(([value, text]) => {
    const x = across.place(value);
    return [
      drawing("line", { class: "chart-grid", x1: x, x2: x, y1: top, y2: bottom }),
      drawing("text", { class: "chart-tick", x, y: bottom + 18, "text-anchor": "middle" }, text),
    ];
  });
  const name = chart.x_log ? `${chart.x} (log scale)` : chart.x;
  parts.push(drawing("text", { class: "chart-tick", x: (left + right) / 2, y: height - 8, "text-anchor": "middle" }, name));
  if (!chart.y) return [...parts, drawing("path", { class: "chart-axis", d: `M${left} ${bottom}H${right}` })];
  for (const [value, text] of up.ticks) {
    const y = up.place(value);
    parts.push(drawing("line", { class: "chart-grid", x1: left, x2: right, y1: y, y2: y }));
    parts.push(drawing("text", { class: "chart-tick", x: left - 8, y: y + 4, "text-anchor": "end" }, text));
  }
  const upright = { transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" };
  parts.push(drawing("text", { class: "chart-tick", ...upright }, chart.y_log ? `${chart.y} (log scale)` : chart.y));
  parts.push(drawing("path", { class: "chart-axis", d: `M${left} ${top}V${bottom}H${right}` }));
  return parts;
}

/** Names of the lines below a narrow picture, each with a stroke of its own. @param {Chart} chart */
function key(chart) {
  const names = chart.series.flatMap((series, index) => {
    if (spoken(series, chart)) return [];
    const style = `chart-line series-${index % COLOURS}${series.style === "dashed" ? " chart-dashed" : ""}`;
    const stroke = drawing("svg", { viewBox: "0 0 24 8", "aria-hidden": "true" }, drawing("path", { class: style, d: "M0 4H24" }));
    return [element("li", { class: `series-${index % COLOURS}` }, stroke, series.name)];
  });
  return names.length ? element("ul", { class: "chart-key" }, ...names) : null;
}

/** The table twin: marks first, then every series, thinned to what can be read. @param {Chart} chart */
function twin(chart) {
  const banded = chart.series.some((series) => series.low.length);
  const columns = ["", chart.x, chart.y || "order", ...(banded ? ["from", "to"] : [])];
  const rows = [
    ...chart.marks.map((mark) => [mark.label, mark.x, mark.y, ...(banded ? [null, null] : [])]),
    ...chart.series.flatMap((series) => {
      const stride = Math.ceil(series.x.length / ROWS);
      const all = series.x.map((x, index) => [
        series.name, x, series.y[index],
        ...(banded ? [series.low[index] ?? null, series.high[index] ?? null] : []),
      ]);
      return all.filter((_, index) => index % stride === 0);
    }),
  ];
  return element(
    "details",
    { class: "chart-twin" },
    element("summary", { text: "As a table" }),
    element("div", { class: "table-holder", tabindex: "0", role: "region", "aria-label": `${chart.title}, as a table` }, table(columns, rows)),
  );
}

/** A chart as wide as the screen now is. @param {Chart} chart
 *  @param {(name: string, ending: "svg" | "csv") => void} download */
export function chartView(chart, download) {
  const button = (/** @type {"svg" | "csv"} */ ending) =>
    element("button", {
      type: "button",
      class: "quiet",
      text: ending.toUpperCase(),
      "aria-label": `Download ${chart.title} as ${ending.toUpperCase()}`,
      on: { click: () => download(chart.name, ending) },
    });
  return element(
    "figure",
    { class: "chart", data: { chart: chart.name } },
    element(
      "figcaption",
      {},
      element("h2", { text: chart.title }),
      element("span", { class: "chart-files" }, button("svg"), button("csv")),
    ),
    picture(chart, NARROW.matches ? NARROW_FRAME : WIDE_FRAME),
    NARROW.matches && key(chart),
    chart.caption && element("p", { class: "muted chart-caption", text: chart.caption }),
    twin(chart),
  );
}
