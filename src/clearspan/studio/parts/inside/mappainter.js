// Draws the points of the map and their names. Points are blended into an image a pixel at a time: 16,000 of them take
// a few milliseconds in any browser, without a graphics processor.

/** @typedef {import("../../insideapi.js").FeatureColumns} FeatureColumns */
/** @typedef {import("./featuremap.js").View} View */

const MARGIN = 0.94;
const CLUSTERS = 8;
const RAMP = 24;
const MOST_NAMES = 48;
const NAME_HEIGHT = 18;

/** @param {string} colour #rrggbb @returns {[number, number, number]} */
function channels(colour) {
  const number = Number.parseInt(colour.trim().slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** Which pixels a disc covers, and how much. @param {number} radius */
function disc(radius) {
  const reach = Math.ceil(radius);
  /** @type {{dx: number, dy: number, cover: number}[]} */
  const pixels = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cover = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
      if (cover > 0.04) pixels.push({ dx, dy, cover });
    }
  }
  return { reach, pixels };
}

/** @param {HTMLCanvasElement} canvas */
export function createPainter(canvas) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @type {FeatureColumns | null} */
  let columns = null;
  let labels = /** @type {Map<number, string>} */ (new Map());
  /** Labelled features, those whose label says most first. */
  let order = new Int32Array(0);
  /** Number of the colour of each feature. */
  let tints = new Uint8Array(0);
  let by = /** @type {"density" | "cluster"} */ ("density");
  let chosen = /** @type {import("./featuremap.js").Chosen} */ (null);
  let palette = /** @type {[number, number, number][]} */ ([]);
  let css = { ground: "", ink: "", muted: "", accent: "" };
  let image = /** @type {ImageData | null} */ (null);
  let pixels = new Uint32Array(0);

  function recolour() {
    const style = getComputedStyle(document.documentElement);
    const named = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    css = { ground: named("--raised"), ink: named("--ink"), muted: named("--muted"), accent: named("--accent") };
    const [low, high] = [channels(named("--map-low")), channels(named("--map-high"))];
    const ramp = Array.from({ length: RAMP }, (_, step) => {
      const share = step / (RAMP - 1);
      return /** @type {[number, number, number]} */ (low.map((value, at) => Math.round(value + (high[at] - value) * share)));
    });
    const groups = Array.from({ length: CLUSTERS }, (_, group) => channels(named(`--map-${group + 1}`)));
    palette = [...ramp, ...groups, channels(css.accent)];
  }

  function tint() {
    if (!columns) return;
    tints = new Uint8Array(columns.features);
    for (let index = 0; index < columns.features; index++) {
      if (by === "cluster") tints[index] = RAMP + (((columns.cluster[index] % CLUSTERS) + CLUSTERS) % CLUSTERS);
      else {
        // From one token in a hundred thousand to one in ten.
        const share = (Math.log10(Math.max(columns.density[index], 1e-5)) + 5) / 4;
        tints[index] = Math.round(Math.min(1, share) * (RAMP - 1));
      }
    }
  }

  function arrange() {
    if (!columns) return;
    const { features } = columns;
    order = Int32Array.from([...labels.keys()].filter((index) => index < features));
  }

  const half = () => (Math.min(canvas.clientWidth, canvas.clientHeight) / 2) * MARGIN;
  /** @param {View} view */
  const unitsPerPixel = (view) => 1 / (half() * view.zoom || 1);
  /** @param {{x: number, y: number}} at pixels of the page @param {View} view */
  const place = (at, view) => ({
    x: view.x + (at.x - canvas.clientWidth / 2) * unitsPerPixel(view),
    y: view.y + (at.y - canvas.clientHeight / 2) * unitsPerPixel(view),
  });

  /** Where the map lies on the canvas: a factor and two offsets. @param {View} view @param {number} density pixels of
   *  the canvas for one of the page */
  function frame(view, density) {
    const scale = half() * view.zoom * density;
    return {
      scale,
      left: (canvas.clientWidth / 2) * density - view.x * scale,
      top: (canvas.clientHeight / 2) * density - view.y * scale,
    };
  }

  /** @param {number} width @param {number} height */
  function blank(width, height) {
    if (canvas.width !== width || canvas.height !== height || !image) {
      canvas.width = width;
      canvas.height = height;
      image = context.createImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    }
    const [red, green, blue] = channels(css.ground);
    pixels.fill((255 << 24) | (blue << 16) | (green << 8) | red);
  }

  /** Blends every point into the image. @param {View} view @param {number} density */
  function points(view, density) {
    if (!columns) return;
    const { x, y, features, maximum } = columns;
    const { scale, left, top } = frame(view, density);
    const { width, height } = canvas;
    // Few points may be larger than many.
    const base = Math.min(2.6, 1.1 * (16_384 / features) ** 0.25);
    const radius = density * Math.min(5, base + 0.75 * Math.log2(view.zoom));
    const { reach, pixels: covered } = disc(radius);
    const strength = chosen ? 0.5 : 0.85;
    const offsets = Int32Array.from(covered, ({ dx, dy }) => dy * width + dx);
    const covers = Int32Array.from(covered, ({ cover }) => Math.round(cover * strength * 256));
    const flat = palette.map(([red, green, blue]) => (blue << 16) | (green << 8) | red);
    for (let index = 0; index < features; index++) {
      const across = Math.round(left + x[index] * scale);
      const down = Math.round(top + y[index] * scale);
      if (across < reach || down < reach || across >= width - reach || down >= height - reach || !maximum[index]) continue;
      const colour = flat[tints[index]];
      const [oddFront, evenFront] = [colour & 0xff00ff, colour & 0x00ff00];
      const at = down * width + across;
      for (let step = 0; step < offsets.length; step++) {
        const where = at + offsets[step];
        const under = pixels[where];
        const cover = covers[step];
        // Two channels at once: red and blue lie apart by one byte, which takes up what multiplying adds.
        const odd = (((under & 0xff00ff) * (256 - cover) + oddFront * cover) >>> 8) & 0xff00ff;
        const even = (((under & 0x00ff00) * (256 - cover) + evenFront * cover) >>> 8) & 0x00ff00;
        pixels[where] = 0xff000000 | odd | even;
      }
    }
  }

  /** The chosen feature, its neighbours, and the lines to them. @param {View} view */
  function links(view) {
    if (!columns || !chosen || chosen.index >= columns.features) return;
    const { scale, left, top } = frame(view, 1);
    const { x, y } = columns;
    const at = (/** @type {number} */ index) => [left + x[index] * scale, top + y[index] * scale];
    const [across, down] = at(chosen.index);
    context.lineWidth = 1;
    context.strokeStyle = css.muted;
    context.fillStyle = css.ink;
    for (const index of chosen.near.filter((one) => columns && one < columns.features)) {
      const [to, toDown] = at(index);
      context.beginPath();
      context.moveTo(across, down);
      context.lineTo(to, toDown);
      context.stroke();
      context.beginPath();
      context.arc(to, toDown, 3.5, 0, 2 * Math.PI);
      context.fill();
    }
    context.beginPath();
    context.arc(across, down, 6, 0, 2 * Math.PI);
    context.fillStyle = css.accent;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = css.ground;
    context.stroke();
  }

  /** Names that have room, the chosen ones first; the same ones wherever the map is moved to. @param {View} view */
  function names(view) {
    if (!columns) return;
    const { scale, left, top } = frame(view, 1);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = css.ground;
    context.lineWidth = 4;
    /** @type {Map<number, [number, number][]>} */
    const taken = new Map();
    let shown = 0;
    const wanted = Math.min(MOST_NAMES, Math.round(10 + 14 * Math.log2(view.zoom + 1)));
    const first = chosen ? [chosen.index, ...chosen.near] : [];
    /** @param {number} index @param {boolean} isFirst */
    const put = (index, isFirst) => {
      const across = left + /** @type {FeatureColumns} */ (columns).x[index] * scale;
      const down = top + /** @type {FeatureColumns} */ (columns).y[index] * scale;
      if (across < -200 || across > width || down < 0 || down > height) return;
      const text = labels.get(index) ?? (isFirst ? `#${index}` : "");
      if (!text) return;
      const short = text.length > 34 ? `${text.slice(0, 33)}…` : text;
      const long = short.length * 6.4;
      const from = across + 9 + long > width ? across - 9 - long : across + 9;
      const to = from + long;
      const line = Math.floor(down / NAME_HEIGHT);
      const rows = [line - 1, line, line + 1].flatMap((row) => taken.get(row) ?? []);
      if (rows.some(([begin, end]) => begin < to && from < end)) return;
      taken.set(line, [...(taken.get(line) ?? []), [from, to]]);
      context.strokeText(short, from, down);
      context.fillStyle = isFirst ? css.ink : css.muted;
      context.fillText(short, from, down);
      shown++;
    };
    for (const index of first) if (index < columns.features) put(index, true);
    for (let at = 0; at < order.length && shown < wanted; at++) put(order[at], false);
  }

  recolour();
  return {
    recolour,
    unitsPerPixel,
    place,
    /** @param {FeatureColumns} given @param {Map<number, string>} known */
    load(given, known) {
      columns = given;
      labels = known;
      tint();
      arrange();
    },
    /** @param {Map<number, string>} known */
    relabel(known) {
      labels = known;
      arrange();
    },
    /** @param {"density" | "cluster"} wanted */
    colourBy(wanted) {
      by = wanted;
      tint();
    },
    /** @param {import("./featuremap.js").Chosen} given */
    choose(given) {
      chosen = given;
    },
    /** @param {number} index */
    nameOf: (index) => `#${index}${labels.has(index) ? `  ${labels.get(index)}` : ""}`,
    /** @param {View} view */
    paint(view) {
      if (!canvas.clientWidth) return;
      const density = Math.min(2, window.devicePixelRatio || 1);
      blank(Math.round(canvas.clientWidth * density), Math.round(canvas.clientHeight * density));
      points(view, density);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.putImageData(/** @type {ImageData} */ (image), 0, 0);
      context.setTransform(density, 0, 0, density, 0, 0);
      links(view);
      names(view);
    },
    /** The feature at a place of the canvas; null where there is none. @param {{x: number, y: number}} at
     *  @param {View} view @param {number} reach pixels */
    nearest(at, view, reach) {
      if (!columns) return null;
      const here = place(at, view);
      const most = (reach * unitsPerPixel(view)) ** 2;
      let [best, found] = [most, /** @type {number | null} */ (null)];
      for (let index = 0; index < columns.features; index++) {
        const apart = (columns.x[index] - here.x) ** 2 + (columns.y[index] - here.y) ** 2;
        if (apart < best && columns.maximum[index]) [best, found] = [apart, index];
      }
      return found;
    },
    /** Where the map must go to show a feature; null if it is in view. @param {number} index @param {View} view */
    inside(index, view) {
      if (!columns || index >= columns.features) return null;
      const [x, y] = [columns.x[index], columns.y[index]];
      const [wide, high] = [canvas.clientWidth * 0.45 * unitsPerPixel(view), canvas.clientHeight * 0.45 * unitsPerPixel(view)];
      return Math.abs(x - view.x) > wide || Math.abs(y - view.y) > high ? { x, y } : null;
    },
    /** @param {View} view @param {number} most @returns {number[]} */
    inView(view, most) {
      if (!columns) return [];
      const { x, y } = columns;
      const [wide, high] = [(canvas.clientWidth / 2) * unitsPerPixel(view), (canvas.clientHeight / 2) * unitsPerPixel(view)];
      /** @type {number[]} */
      const found = [];
      for (let at = 0; at < order.length && found.length < most; at++) {
        const index = order[at];
        if (Math.abs(x[index] - view.x) <= wide && Math.abs(y[index] - view.y) <= high) found.push(index);
      }
      return found;
    },
  };
}
