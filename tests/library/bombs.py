"""Small inputs that grow: what each is answered with, and how much memory that takes. Prints one JSON object a bomb."""

import binascii
import gzip
import io
import json
import random
import string
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from clearspan.errors import ClearspanError
from clearspan.library import fetch
from clearspan.library.originals import Original
from clearspan.library.passages import split
from clearspan.library.readers import format_of, read

LIMIT = 50_000_000
_WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
_LAUGHS = "".join(
    f"{name}: &{name} [{', '.join([f'*{before}' if before else 'lol'] * 9)}]\n"
    for before, name in zip(["", *"abcdefghi"], "abcdefghij", strict=True)
)


def squeezed(mega: int, *, layers: int = 1, form: int = zlib.MAX_WBITS) -> bytes:
    """So many million zeros, packed as often as said."""
    machine = zlib.compressobj(9, zlib.DEFLATED, form)
    data = b"".join([*(machine.compress(bytes(1_000_000)) for _ in range(mega)), machine.flush()])
    for _ in range(layers - 1):
        machine = zlib.compressobj(9, zlib.DEFLATED, form)
        data = machine.compress(data) + machine.flush()
    return data


def docx(*parts: tuple[str, bytes]) -> bytes:
    import docx as word

    file = io.BytesIO()
    word.Document().save(file)
    whole = io.BytesIO()
    named = dict(parts)
    with zipfile.ZipFile(file) as plain, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        for one in plain.infolist():
            if one.filename not in named:
                made.writestr(one.filename, plain.read(one))
        for name, data in parts:
            made.writestr(name, data)
    return whole.getvalue()


def pdf(filters: str, stream: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
        f"<< /Filter {filters} /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream",
    ]
    made = b"%PDF-1.4\n"
    places: list[int] = []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        made
        + f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R >>\n".encode()
        + f"startxref\n{len(made)}\n%%EOF\n".encode()
    )


def files() -> Iterator[tuple[str, str, bytes, str | None]]:
    """Each bomb: what it is, its file name, its bytes, the encoding that its sender claims."""
    big = _WORD.format(f"<w:p><w:r><w:t>{'a' * 300_000_000}</w:t></w:r></w:p>").encode()
    yield "docx, one part of 300 MB", "a.docx", docx(("word/document.xml", big)), None
    del big
    many = [(f"word/part{n}.xml", bytes(900_000)) for n in range(60)]
    yield "docx, sixty parts of 0.9 MB", "a.docx", docx(*many), None
    yield "docx, twenty thousand parts", "a.docx", docx(*((f"x/{n}", b"") for n in range(20_000))), None
    laughs = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
    )
    entities = f"{laughs}]>" + _WORD.format("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>")
    yield "docx, entities within entities", "a.docx", docx(("word/document.xml", entities.encode())), None
    deep = _WORD.format("<w:sdt><w:sdtContent>" * 50_000)
    yield "docx, nested 100,000 deep", "a.docx", docx(("word/document.xml", deep.encode())), None
    inner = docx(("word/media/a.bin", squeezed(10)))
    yield "docx within a docx", "a.docx", docx(("word/document.xml", inner)), None
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (100_000).to_bytes(4) * 2 + b"\x08\2\0\0\0" + squeezed(200)
    yield "docx with a picture of 100,000 by 100,000", "a.docx", docx(("word/media/a.png", picture)), None
    yield "pdf, a page of 900 MB", "a.pdf", pdf("/FlateDecode", squeezed(900)), None
    twice = squeezed(900, layers=2)
    yield "pdf, packed twice", "a.pdf", pdf("[/FlateDecode /FlateDecode]", twice), None
    digits = binascii.hexlify(squeezed(900)) + b">"
    yield "pdf, packed and spelt out", "a.pdf", pdf("[/ASCIIHexDecode /FlateDecode]", digits), None
    yield "html, nested 200,000 deep", "a.html", b"<body>" + b"<div>" * 200_000 + b"x", None
    yield "html, spans 1,000 deep", "a.html", b"<body>" + b"<span>word " * 1_000, None
    row = b"<tr><td>a<td>b</tr>"
    table = b"<table><tr><th>" + b"n" * 200_000 + b"<th>m</tr>" + row * 5_000
    yield "html, a column's name repeated", "a.html", table, None
    yield "html, comments of style that open", "a.html", b"<style>" + b"/*" * 200_000 + b"</style><p>x", None
    yield (
        "html, media queries that open",
        "a.html",
        b"<style>" + b"@media print " * 50_000 + b"</style><p>x",
        None,
    )
    rules = b"".join(b".c%d{color:red}" % n for n in range(3_000))
    classed = b"".join(b"<p class=c%d>word</p>" % n for n in range(3_000))
    yield "html, many rules for many elements", "a.html", b"<style>" + rules + b"</style>" + classed, None
    yield "yaml, lists within lists as a kind", "a.md", f"---\n{_LAUGHS}kind: *j\n---\ntext".encode(), None
    yield "yaml, lists within lists as a date", "a.md", f"---\n{_LAUGHS}date: *j\n---\ntext".encode(), None
    yield "yaml, without end", "a.md", b"---\n" + b"- [" * 300_000 + b"\n---\ntext", None
    piped = b"|" + b"n" * 200_000 + b"|m|\n|-|-|\n" + b"|a|b|\n" * 5_000
    yield "markdown, a column's name repeated", "a.md", piped, None
    letters = "".join(random.Random(1).choices(string.ascii_lowercase + string.digits, k=400_000)).encode()
    yield "text that claims to be punycode", "a.txt", b"\xff-" + letters, "punycode"
    yield "text that claims to be packed", "a.txt", b"\xff" + squeezed(200), "zlib"


def answers() -> dict[str, tuple[str, Callable[[], Iterator[bytes]]]]:
    """By path: the Content-Encoding, and the body."""

    def once(data: bytes) -> Callable[[], Iterator[bytes]]:
        return lambda: iter([data])

    zipped = squeezed(500, form=31)
    found = {
        "/gzip": ("gzip", once(zipped)),
        "/gzip-gzip": ("gzip, gzip", once(squeezed(900, layers=2, form=31))),
        "/gzip-thrice": ("gzip,gzip,gzip", once(squeezed(900, layers=3, form=31))),
        "/deflate": ("deflate", once(squeezed(500))),
        "/br": ("br", once(zipped)),
        "/zstd": ("zstd", once(zipped)),
        "/members": ("gzip", lambda: (gzip.compress(b"") * 1_000 for _ in range(3_000))),
        "/plain": ("identity", lambda: (bytes(1_000_000) for _ in range(200))),
    }
    return found


class _Server(BaseHTTPRequestHandler):
    known = answers()

    def do_GET(self) -> None:
        encoding, body = self.known[self.path]
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-encoding", encoding)
        self.end_headers()
        try:
            for piece in body():
                self.wfile.write(piece)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        del format, args


def _take(name: str, data: bytes, charset: str | None) -> str:
    original = Original("x", name, data, charset=charset)
    reading = read(format_of(name), original)
    passages = split("d", reading.text, reading.headings, reading.page_starts)
    return f"read: {len(passages)} passages"


def _reset() -> float:
    # Sets the peak of this process back to what it holds now.
    Path("/proc/self/clear_refs").write_text("5")
    return _megabytes("VmRSS")


def _megabytes(name: str) -> float:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) / 1000


def _tell(name: str, call: Callable[[], str]) -> None:
    rest = _reset()
    try:
        said = call()
    except ClearspanError as error:
        said = f"{type(error).__name__}: {error}"
    print(json.dumps({"bomb": name, "said": said, "megabytes": _megabytes("VmHWM") - rest}), flush=True)


def main() -> None:
    if sys.argv[1] == "files":
        for name in ("a.docx", "a.pdf", "a.html", "a.md"):  # what they import is no part of a bomb
            try:
                _take(
                    name,
                    docx() if name == "a.docx" else b"%PDF-1.4 %%EOF" if name == "a.pdf" else b"# a",
                    None,
                )
            except ClearspanError:
                continue
        for what, name, data, charset in files():
            _tell(what, lambda name=name, data=data, charset=charset: _take(name, data, charset))
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for path in _Server.known:
        url = f"http://127.0.0.1:{server.server_port}{path}"
        _tell(f"http {path}", lambda url=url: f"read: {len(fetch.fetch(url, LIMIT).data)} bytes")
    server.shutdown()


if __name__ == "__main__":
    main()
