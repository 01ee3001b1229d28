"""The picture of a training is well-formed, and shows what the log says."""

from pathlib import Path
from xml.etree import ElementTree

from clearspan.features.training.log import TrainingLog
from clearspan.features.training.plot import plot

SVG = "{http://www.w3.org/2000/svg}"


def test_curves_fall_as_the_log_does_and_bars_are_as_high_as_the_counts(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path, 0)
    for step, unexplained in enumerate((0.8, 0.4, 0.2)):
        log.write(
            step=step,
            tokens=1000 * (step + 1),
            unexplained_variance=unexplained,
            l0=32.0,
            dead=0.0,
            learning_rate=1e-3,
        )
    picture = plot(tmp_path, {"density_0": 5, "density_1e-3": 10})
    drawn = ElementTree.fromstring(picture.read_text("utf-8"))  # noqa: S314
    lines = drawn.findall(f".//{SVG}polyline")
    assert len(lines) == 4
    heights = [float(point.split(",")[1]) for point in lines[0].attrib["points"].split()]
    assert heights == [0.0, 80.0, 120.0]
    bars = drawn.findall(f".//{SVG}g/{SVG}rect")
    assert [float(bar.attrib["height"]) for bar in bars] == [80.0, 160.0]
    said = [text.text for text in drawn.iter(f"{SVG}text")]
    assert "unexplained variance, 0.2 at the end" in said
    assert "3,000 tokens" in said


def test_a_training_without_a_line_yet(tmp_path: Path) -> None:
    ElementTree.fromstring(plot(tmp_path, {}).read_text("utf-8"))  # noqa: S314
