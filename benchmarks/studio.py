"""Claim: the Studio paints within 300 ms on loopback, a room's scripts are under 300 kB compressed, and the map of
16,384 features is panned at 60 frames a second.

Starts the real server with the sample library, searched by words alone, and opens each room in Debian's Chromium
with an empty cache. First contentful paint is what the browser itself reports, counted from the navigation. The map
shows made-up points in sixteen heaps, every third with a name, and is dragged in circles by pointer events, one a
frame; the frames are those that the browser really gave. Chromium runs without a display here, so that what is drawn
is drawn by the processor alone, beside whatever else the machine does: measure on a quiet one.
It needs no data besides the sample library, and Chromium at /usr/bin/chromium (`apt-get install chromium`).
"""

import argparse
import gzip
import statistics
import tempfile
import threading
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Response, sync_playwright

from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.server.app import create_app
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

REPOSITORY = Path(__file__).resolve().parent.parent
ROOMS = ("ask", "library", "inside", "economy", "audit")
PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) resolve(paint.startTime);
  }).observe({ type: "paint", buffered: true });
})"""

POINTS = 16_384
FRAMES = 240
PAN = """async ([features, frames]) => {
  const { createFeatureMap } = await import("/studio/parts/inside/featuremap.js");
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const heap = (at) => [0.7 * Math.cos(at * 0.39), 0.7 * Math.sin(at * 0.39)];
  const spread = () => (random() + random() + random() - 1.5) * 0.2;
  const floats = () => new Float32Array(features);
  const columns = { features, tokens: 1e6, x: floats(), y: floats(), density: floats(), maximum: floats().fill(9),
    cluster: new Int32Array(features) };
  const labels = new Map();
  for (let index = 0; index < features; index++) {
    const [x, y] = heap(index % 16);
    columns.x[index] = x + spread();
    columns.y[index] = y + spread();
    columns.density[index] = 10 ** (-1 - 4 * random());
    columns.cluster[index] = index % 16;
    if (index % 3 === 0) labels.set(index, `made-up name ${index}`);
  }
  const map = createFeatureMap({ onChoose: () => {}, onSettle: () => {} });
  document.querySelector("main").replaceChildren(map.element);
  map.show(columns, labels);
  const canvas = map.element.querySelector("canvas");
  canvas.setPointerCapture = () => {};
  const box = canvas.getBoundingClientRect();
  const send = (type, x, y) =>
    canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: box.left + x, clientY: box.top + y }));
  send("pointerdown", 400, 200);
  const stamps = [];
  await new Promise((resolve) => {
    const step = (now) => {
      stamps.push(now);
      const turn = stamps.length / 20;
      send("pointermove", 400 + 120 * Math.sin(turn), 200 + 80 * Math.cos(turn));
      if (stamps.length <= frames) requestAnimationFrame(step);
      else resolve();
    };
    requestAnimationFrame(step);
  });
  send("pointerup", 400, 200);
  return stamps.slice(1).map((now, at) => now - stamps[at]);
}"""


def visit(browser: Browser, url: str) -> tuple[float, float]:
    """First contentful paint in milliseconds, and kilobytes of scripts after gzip, of a first visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    scripts: list[Response] = []

    def keep(response: Response) -> None:
        if response.url.endswith(".js"):
            scripts.append(response)

    page.on("response", keep)
    page.goto(url, wait_until="networkidle")
    milliseconds = float(page.evaluate(PAINT))
    kilobytes = sum(len(gzip.compress(script.body())) for script in scripts) / 1000
    context.close()
    return milliseconds, kilobytes


def measure(url: str, visits: int) -> list[list[str | float]]:
    """A row a room: median and slowest first paint in milliseconds, kilobytes of scripts."""
    rows: list[list[str | float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        visit(browser, url)
        for room in ROOMS:
            figures = [visit(browser, f"{url}/?room={room}") for _ in range(visits)]
            paints = [milliseconds for milliseconds, _ in figures]
            rows.append([room, statistics.median(paints), max(paints), figures[0][1]])
        browser.close()
    return rows


def panned(url: str) -> tuple[float, float]:
    """Frames a second while the map is dragged: by the median frame, and by the slowest twentieth."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}/?room=inside", wait_until="networkidle")
        between = sorted(float(one) for one in page.evaluate(PAN, [POINTS, FRAMES]))
        browser.close()
    return 1000 / statistics.median(between), 1000 / between[int(0.95 * len(between))]


def main() -> int:
    """Serve, visit every room, and report."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", help="not used: the sample library ships with Clearspan")
    options.add_argument("--visits", type=int, default=11)
    options.add_argument("--json", action="store_true")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), library=SAMPLES_LIBRARY, embedder="", generate=False)
        with Workspace.open(settings) as workspace:
            workspace.index_samples()
            server = uvicorn.Server(uvicorn.Config(create_app(workspace), port=0, log_level="warning"))
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            while not server.started:
                thread.join(0.05)
            port = server.servers[0].sockets[0].getsockname()[1]
            rows = measure(f"http://127.0.0.1:{port}", given.visits)
            median, slow = panned(f"http://127.0.0.1:{port}")
            server.should_exit = True
            thread.join()
    return report(
        Report(
            section="Studio: first paint and weight",
            command="python benchmarks/studio.py",
            tables=[
                Table(
                    f"{given.visits} first visits a room",
                    ("room", "median ms", "slowest ms", "scripts kB"),
                    rows,
                ),
                Table(
                    f"Panning a map of {POINTS:,} points, {FRAMES} frames, drawn by the processor alone",
                    ("frames a second, median", "slowest 5 %"),
                    [[median, slow]],
                ),
            ],
            bars=[
                Bar(
                    "first contentful paint, slowest median of the rooms, ms",
                    max(float(r[1]) for r in rows),
                    300,
                    "<=",
                ),
                Bar("scripts of a room after gzip, kB", max(float(r[3]) for r in rows), 300, "<="),
                Bar(f"frames a second while panning {POINTS:,} points, median", median, 55, ">="),
            ],
        ),
        as_json=given.json,
        write=REPOSITORY / "docs" / "measurements.md" if given.write else None,
    )


if __name__ == "__main__":
    raise SystemExit(main())
