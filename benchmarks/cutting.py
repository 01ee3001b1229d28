"""Reading and cutting take time in proportion to a file, whatever is in it: no full stops, one line, deep nesting.

Each kind is read at two sizes, in a process of its own; the exponent is that of time in size, 1 for proportion.
"""

import argparse
import io
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from clearspan.measure.bars import Bar, Cell, Report, Table, report

REPOSITORY = Path(__file__).resolve().parent.parent
_WORDS = "lorem ipsum dolor sit amet consectetur "
_SENTENCE = "The bridge is 1,280 metres long and opened in 1937. "


def _filled(piece: str) -> Callable[[int], bytes]:
    return lambda size: (piece * (size // len(piece.encode()) + 1)).encode()[:size]


def _page(before: str, piece: str) -> Callable[[int], bytes]:
    return lambda size: before.encode() + _filled(piece)(size)


def _docx(size: int) -> bytes:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    # A word processor's file is packed; what is counted here is its text.
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{number} {_SENTENCE}</w:t></w:r></w:p>" for number in range(size // len(_SENTENCE))
    )
    for element in list(parse_xml(f"<w:body {nsdecls('w')}>{paragraphs}</w:body>")):
        document.element.body.append(element)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


KINDS: Mapping[str, tuple[str, Callable[[int], bytes], int]] = {
    "text without full stops, one line": ("a.txt", _filled(_WORDS), 50_000_000),
    "text of one letter": ("a.txt", _filled("x"), 50_000_000),
    "text of sentences, one line": ("a.txt", _filled(_SENTENCE), 50_000_000),
    "text of short lines": ("a.txt", _filled("lorem ipsum dolor\n"), 50_000_000),
    "Markdown, one paragraph": ("a.md", _filled(_SENTENCE), 12_800_000),
    "Markdown, a list": ("a.md", _filled("- an item of a list\n"), 4_000_000),
    "HTML, one paragraph": ("a.html", _page("<body><p>", _WORDS), 12_800_000),
    "HTML, many paragraphs": ("a.html", _page("<body>", f"<p>{_SENTENCE}</p>"), 4_000_000),
    "HTML, nested 1,000 deep": ("a.html", _page("<body>" + "<div>" * 1_000, _WORDS), 12_800_000),
    "DOCX": ("a.docx", _docx, 2_000_000),
}
"""By what it is: a file name, what makes so many bytes of it, and the larger of the two sizes."""


def read_once(kind: str, size: int) -> None:
    """Read and cut one file, and print the seconds of processor and the passages that it took."""
    import time

    from clearspan.library.originals import Original
    from clearspan.library.passages import split
    from clearspan.library.readers import format_of, read

    name, make, _ = KINDS[kind]
    known = format_of(name)
    read(known, Original("x", name, make(10_000)))  # what is imported at first use
    data = make(size)
    started = time.process_time()
    reading = read(known, Original("x", name, data))
    between = time.process_time()
    passages = split("d", reading.text, reading.headings, reading.page_starts)
    print(json.dumps([between - started, time.process_time() - between, len(passages)]))


def measured(kind: str, size: int, limit: float) -> tuple[float, float, int]:
    """Seconds to read and to cut, and the number of passages; infinite above `limit` seconds of the clock."""
    command = [sys.executable, __file__, "--one", kind, "--size", str(size)]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return math.inf, math.inf, 0
    reading, cutting, passages = json.loads(found.stdout)
    return reading, cutting, passages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--largest", type=float, default=50.0, help="MB above which no file is made")
    parser.add_argument("--limit", type=float, default=1_800.0, help="seconds for one file at most")
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if arguments.one:
        read_once(arguments.one, arguments.size)
        return 0
    rows: list[list[Cell]] = []
    steepest = 0.0
    for kind, (_, _, most) in KINDS.items():
        size = min(most, int(arguments.largest * 1e6))
        small, large = (measured(kind, part, arguments.limit) for part in (size // 8, size))
        exponent = math.log(max(sum(large[:2]), 1e-3) / max(sum(small[:2]), 0.05), 8)
        steepest = max(steepest, exponent)
        rows.append([kind, size / 1e6, large[0], large[1], large[2], exponent])
    found = Report(
        section="Reading and cutting",
        command="python benchmarks/cutting.py",
        tables=(
            Table(
                "Files of one kind, and the exponent of time in size from an eighth of each",
                ("kind", "MB", "reading, CPU s", "cutting, CPU s", "passages", "exponent"),
                rows,
            ),
        ),
        bars=(Bar("steepest exponent of time in size", steepest, 1.25, "<="),),
        notes=(f"The load average was {os.getloadavg()[0]:.1f}.",),
    )
    write = REPOSITORY / "docs" / "measurements.md" if arguments.write else None
    return report(found, as_json=arguments.json, write=write)


if __name__ == "__main__":
    sys.exit(main())
