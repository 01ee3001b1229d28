"""Zipped documents: their parts, none inflated before its size was looked at."""

import importlib
import io
import lzma
import posixpath
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from clearspan.errors import BadInput, TooLarge

_MAX_INFLATED = 400_000_000
_MOST_READ = 4
"""How often its parts are read, all in all."""

_MAX_RATIO = 40
"""What a document inflates to, in multiples of its file, from which it is no document; those of word processors are
below 20."""
_RATIO_COUNTS_FROM = 15_000_000
_MAX_PARTS = 10_000


class ZippedDocument:
    """The parts of a document that is a zip archive.

    Args:
        data: the file.
        name: its name, for messages.
        form: what to call its format in them.

    Raises:
        TooLarge: inflated it would be larger than documents are.
        BadInput: it is damaged, or protected by a password.
    """

    def __init__(self, data: bytes, name: str, form: str) -> None:
        self._name, self._form = name, form
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            parts = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self.damaged() from error
        inflated = sum(part.file_size for part in parts)
        # Of the whole: parts may share their packed bytes, and many small ones swell as well as one.
        swollen = inflated > _RATIO_COUNTS_FROM and inflated > _MAX_RATIO * len(data)
        if swollen or inflated > _MAX_INFLATED or len(parts) > _MAX_PARTS:
            raise TooLarge(
                f"{name} was not opened: inflated it would be {inflated / 1e6:,.0f} MB.",
                why="It is packed far more tightly than documents are, as files made to fill up memory are.",
                do="If you trust it, save it anew in the program that made it and add that.",
            )
        if any(part.flag_bits & 1 for part in parts):
            raise BadInput(
                f"{name} is protected by a password.", do="Save it without a password and add that."
            )
        self._left = _MOST_READ * inflated + _RATIO_COUNTS_FROM
        self.names = [part.filename for part in parts]
        self._known = frozenset(self.names)

    def part(self, path: str) -> bytes | None:
        """The bytes of a part; None if there is none of that name."""
        if path not in self._known:
            return None
        try:
            content = self._archive.read(path)
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            ValueError,
            OSError,
            NotImplementedError,
            EOFError,
        ) as error:
            raise self.damaged() from error
        self._left -= len(content)
        if self._left < 0:
            raise TooLarge(
                f"{self._name} was not read to its end.",
                why="It names the same parts over and over, as files made to keep a reader busy do.",
                do="If you trust it, save it anew in the program that made it and add that.",
            )
        return content

    def tree(self, path: str) -> Any:
        """The root of an XML part, None if there is none; entities are not resolved, nothing outside is loaded."""
        data = self.part(path)
        return None if data is None else self.parsed(data)

    def parsed(self, data: bytes) -> Any:
        """The root of XML that the document holds."""
        etree = importlib.import_module("lxml.etree")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.damaged() from error

    def related(self, path: str) -> dict[str, tuple[str, str]]:
        """What a part names as related to it: by id, the last word of the kind and the path; links outside apart."""
        folder, base = posixpath.split(path)
        root = self.tree(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for one in () if root is None else root:
            if one.get("TargetMode") != "External":
                target = unquote(one.get("Target") or "")
                joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = (one.get("Type") or "").rpartition("/")[2]
                found[one.get("Id") or ""] = (kind, posixpath.normpath(joined))
        return found

    def of_kind(self, path: str, kind: str) -> str | None:
        """The path of the first part of a kind that a part names."""
        return next((target for one, target in self.related(path).values() if one == kind), None)

    def damaged(self) -> BadInput:
        """What to raise where it does not hold what it must."""
        return BadInput(
            f"{self._name} cannot be read as {self._form} file.",
            why="It is damaged, incomplete, or protected by a password.",
            do="Open it in the program that made it, save it anew without a password, and add that.",
        )

    def properties(self) -> tuple[str, str]:
        """Title and author, as the document's properties have them; empty where they do not."""
        path = self.of_kind("", "core-properties")
        root = None if path is None else self.tree(path)
        said = {local(one): str(one.text or "") for one in (() if root is None else root)}
        return said.get("title", ""), said.get("creator", "")


def local(element: Any) -> str:
    """The name of an element without its namespace; strict and transitional files differ in nothing else here."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without namespace; empty if it is not there."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Any, *path: str) -> Any:
    """The first child of a child of an element by their local names; None where there is none."""
    for name in path:
        element = None if element is None else next((one for one in element if local(one) == name), None)
    return element


def children(element: Any, *path: str) -> Any:
    """The children at the end of a path; none where there is no such path."""
    found = child(element, *path)
    return () if found is None else found


def is_on(element: Any) -> bool:
    """Whether a switch is there and not turned off."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off", "none")
