// A chart drawn from its data: thin lines, bands for intervals, names beside their lines, axes that say if they are
// logarithmic, and a table twin. The server draws the same chart as a file.

import { drawing, element } from "../dom.js";
import { scaled } from "../figures.js";

/** @typedef {import("../types.js").Chart} Chart */
/** @typedef {import("../types.js").ChartSeries} ChartSeries */
/** @typedef {{ticks: [number, string][], place: (value: number) => number}} Axis */

const WIDTH = 720;
const HEIGHT = 420;
const EDGE = { left: 64, right: 152, top: 16, bottom: 52 };
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const COLOURS = 6;
const ROWS = 24;

/** @param {number | null} value @param {boolean} log */
const usable = (value, log) => value !== null && Number.isFinite(value) && (value > 0 || !log);

/** @param {number} power */
const superscript = (power) =>
  [...String(power)].map((digit) => (digit === "-" ? "⁻" : SUPERSCRIPTS[Number(digit)])).join("");

/** @param {number} low @param {number} high @returns {[number, string][]} */
function decades(low, high) {
  const span = high - low;
  if (span >= 3) {
    const step = Math.max(1, Math.ceil(span / 7));
    const powers = [];
    for (let power = Math.ceil(low - 1e-9); power <= high + 1e-9; power += 1) if (power % step === 0) powers.push(power);
    return powers.map((power) => [10 ** power, `10${superscript(power)}`]);
  }
  const between = span >= 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  /** @type {[number, string][]} */
  const ticks = [];
  for (let power = Math.floor(low) - 1; power <= high; power += 1) {
    for (const part of between) {
      const at = Math.log10(part) + power;
      if (at >= low - 1e-9 && at <= high + 1e-9) ticks.push([part * 10 ** power, scaled(part * 10 ** power)]);
    }
  }
  return ticks;
}

/** @param {number} low @param {number} high @returns {[number, string][]} */
function steps(low, high) {
  const rough = (high - low) / 6;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5, 10].find((part) => part * magnitude >= rough) ?? 10);
  /** @type {[number, string][]} */
  const ticks = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) ticks.push([at * step, scaled(at * step)]);
  return ticks;
}

/**
 * @param {(number | null)[]} values @param {boolean} log @param {number} start @param {number} end
 * @param {number} margin @returns {Axis}
 */
function axis(values, log, start, end, margin) {
  const scale = log ? Math.log10 : (/** @type {number} */ value) => value;
  const found = /** @type {number[]} */ (values.filter((value) => usable(value, log))).map(scale);
  let [low, high] = found.length ? [Math.min(...found), Math.max(...found)] : [0, 1];
  if (high - low <= 1e-9 * Math.abs(high)) [low, high] = [low - 0.5, high + 0.5];
  const room = (high - low) * margin;
  [low, high] = [low - room, high + room];
  return {
    ticks: log ? decades(low, high) : steps(low, high),
    place: (value) => start + ((scale(value) - low) / (high - low)) * (end - start),
  };
}

/** Labels that move up while they would cover another. */
function labels() {
  /** @type {{start: number, end: number, y: number}[]} */
  const taken = [];
  return (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ text, /** @type {string} */ style) => {
    const width = 6.4 * text.length;
    const start = x + width < WIDTH - 4 ? x : x - width - 18;
    while (taken.some((one) => Math.abs(one.y - y) < 14 && start < one.end && one.start < start + width)) y -= 14;
    taken.push({ start, end: start + width, y });
    return drawing("text", { class: style, x: start, y }, text);
  };
}

/** @param {ChartSeries} series @param {Axis} across @param {Axis} up @param {Chart} chart */
function curve(series, across, up, chart) {
  let pen = "M";
  const parts = series.x.map((x, index) => {
    const y = series.y[index];
    if (!usable(x, chart.x_log) || !usable(y, chart.y_log)) {
      pen = "M";
      return "";
    }
    const step = `${pen}${across.place(x).toFixed(1)} ${up.place(/** @type {number} */ (y)).toFixed(1)}`;
    pen = "L";
    return step;
  });
  return parts.join("");
}

/** @param {ChartSeries} series @param {number} colour @param {Axis} across @param {Axis} up @param {Chart} chart */
function drawn(series, colour, across, up, chart) {
  const parts = [];
  if (series.low.length) {
    const there = series.x.map((x, index) => `${across.place(x)},${up.place(series.high[index] ?? 0)}`);
    const back = series.x.map((x, index) => `${across.place(x)},${up.place(series.low[index] ?? 0)}`).reverse();
    parts.push(drawing("polygon", { class: `chart-band series-${colour}`, points: [...there, ...back].join(" ") }));
  }
  if (series.style === "points") {
    series.x.forEach((x, index) => {
      const y = series.y[index];
      if (usable(x, chart.x_log) && usable(y, chart.y_log))
        parts.push(
          drawing("circle", {
            class: `chart-point series-${colour}`,
            cx: across.place(x),
            cy: up.place(/** @type {number} */ (y)),
            r: 2.5,
          }),
        );
    });
    return parts;
  }
  const style = `chart-line series-${colour}${series.style === "dashed" ? " chart-dashed" : ""}`;
  parts.push(drawing("path", { class: style, d: curve(series, across, up, chart) }));
  return parts;
}

/** @param {Chart} chart */
function picture(chart) {
  const right = WIDTH - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const xs = [...chart.series.flatMap((one) => one.x), ...chart.marks.map((mark) => mark.x)];
  const ys = [
    ...chart.series.flatMap((one) => [...one.y, ...one.low, ...one.high]),
    ...chart.marks.map((mark) => mark.y),
  ];
  const across = axis(xs, chart.x_log, EDGE.left, right, 0);
  const up = axis(ys, chart.y_log, bottom, EDGE.top, 0.06);
  const put = labels();
  const parts = [];
  for (const [value, text] of across.ticks) {
    const x = across.place(value);
    parts.push(drawing("line", { class: "chart-grid", x1: x, x2: x, y1: EDGE.top, y2: bottom }));
    parts.push(drawing("text", { class: "chart-tick", x, y: bottom + 18, "text-anchor": "middle" }, text));
  }
  for (const [value, text] of up.ticks) {
    const y = up.place(value);
    parts.push(drawing("line", { class: "chart-grid", x1: EDGE.left, x2: right, y1: y, y2: y }));
    parts.push(drawing("text", { class: "chart-tick", x: EDGE.left - 8, y: y + 4, "text-anchor": "end" }, text));
  }
  parts.push(drawing("path", { class: "chart-axis", d: `M${EDGE.left} ${EDGE.top}V${bottom}H${right}` }));
  parts.push(...axisNames(chart, right, bottom));
  /** @type {[number, number, string][]} */
  const atEdge = [];
  chart.series.forEach((series, index) => {
    const colour = index % COLOURS;
    parts.push(...drawn(series, colour, across, up, chart));
    if (series.style === "points" && chart.marks.length) return;
    const last = series.y.findLastIndex((y) => usable(y, chart.y_log));
    if (last < 0) return;
    const [x, y] = [across.place(series.x[last]), up.place(/** @type {number} */ (series.y[last]))];
    if (x > right - 24) atEdge.push([y, colour, series.name]);
    else parts.push(put(x + 6, y - 6, series.name, `chart-name series-${colour}`));
  });
  let lowest = -Infinity;
  for (const [y, colour, name] of atEdge.sort((one, other) => one[0] - other[0])) {
    lowest = Math.max(y, lowest + 15);
    parts.push(drawing("text", { class: `chart-name series-${colour}`, x: right + 8, y: lowest + 4 }, name));
  }
  for (const mark of chart.marks) {
    const [x, y] = [across.place(mark.x), up.place(mark.y)];
    parts.push(drawing("circle", { class: "chart-mark", cx: x, cy: y, r: 4.5 }));
    parts.push(put(x + 9, y - 8, mark.label, "chart-label"));
  }
  const label = `${chart.title}. ${chart.caption}`;
  return drawing("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart-picture", "aria-label": label }, ...parts);
}

/** @param {Chart} chart @param {number} right @param {number} bottom */
function axisNames(chart, right, bottom) {
  const x = chart.x_log ? `${chart.x} (log scale)` : chart.x;
  const y = chart.y_log ? `${chart.y} (log scale)` : chart.y;
  return [
    drawing("text", { class: "chart-tick", x: (EDGE.left + right) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, x),
    drawing(
      "text",
      {
        class: "chart-tick",
        transform: `translate(14 ${(EDGE.top + bottom) / 2}) rotate(-90)`,
        "text-anchor": "middle",
      },
      y,
    ),
  ];
}

/** The table twin: marks first, then every series, thinned to what can be read. @param {Chart} chart */
function twin(chart) {
  const rows = [
    ...chart.marks.map((mark) => [mark.label, mark.x, mark.y]),
    ...chart.series.flatMap((series) => {
      const stride = Math.ceil(series.x.length / ROWS);
      return series.x.map((x, index) => [series.name, x, series.y[index]]).filter((_, index) => index % stride === 0);
    }),
  ];
  return element(
    "details",
    { class: "chart-twin" },
    element("summary", { text: "As a table" }),
    element("div", { class: "table-holder", tabindex: "0", role: "region", "aria-label": `${chart.title}, as a table` }, table(["", chart.x, chart.y], rows)),
  );
}

/** @param {string[]} columns @param {(string | number | null)[][]} rows */
export function table(columns, rows) {
  const cell = (/** @type {string | number | null} */ value) =>
    typeof value === "number" ? scaled(value) : (value ?? "–");
  return element(
    "table",
    { class: "plan-table" },
    element("thead", {}, element("tr", {}, ...columns.map((text) => element("th", { scope: "col", text })))),
    element(
      "tbody",
      {},
      ...rows.map(([first, ...rest]) =>
        element("tr", {}, element("th", { scope: "row", text: cell(first) }), ...rest.map((value) => element("td", { text: cell(value) }))),
      ),
    ),
  );
}

/** @param {Chart} chart @param {(name: string, ending: "svg" | "csv") => void} download */
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
    picture(chart),
    chart.caption && element("p", { class: "muted chart-caption", text: chart.caption }),
    twin(chart),
  );
}
