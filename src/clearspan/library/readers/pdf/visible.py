"""Which text of a PDF page is seen by somebody who opens it."""

import ctypes
import importlib
from typing import Any

from clearspan.library.readers.colours import Colour, alike

_WHITE: Colour = (255, 255, 255)
_INVISIBLE = 3
"""The text rendering mode that neither fills nor strokes (ISO 32000-2, 9.3.6)."""

_SMALLEST = 1.0
"""Points below which nobody reads a line."""

_SCAN = 0.5
"""Share of a page that a picture covers from which invisible text is what was recognised in it."""

_Box = tuple[float, float, float, float]


class Visible:
    """Tells for the text objects of one page whether they are seen; what an opaque thing covers is not looked at.

    Args:
        page: a `pypdfium2.PdfPage`.
    """

    def __init__(self, page: Any) -> None:
        # pypdfium2 carries no types.
        self._raw = importlib.import_module("pypdfium2.raw")
        self._page = page
        self._known: dict[int, bool] = {}
        self._edges: _Box = tuple(page.get_cropbox())
        self._grounds: list[tuple[_Box, Colour | None]] | None = None
        self._is_scan: bool | None = None

    def shows(self, text_page: Any, index: int) -> bool:
        """Whether a character is seen; one that the page only implies, as a line end, is."""
        found = self._raw.FPDFText_GetTextObject(text_page, index)
        address = ctypes.cast(found, ctypes.c_void_p).value
        if address is None:
            return True
        if address not in self._known:
            self._known[address] = self._seen(found)
        return self._known[address]

    def _seen(self, text: Any) -> bool:
        if self._raw.FPDFTextObj_GetTextRenderMode(text) == _INVISIBLE:
            return self._scan()
        box = self._box(text)
        if box is None:
            return True
        left, bottom, right, top = self._edges
        if box[2] <= left or box[0] >= right or box[3] <= bottom or box[1] >= top:
            return False
        # The box of a dash alone is low, too; that of type which nobody reads is also narrow.
        if box[3] - box[1] < _SMALLEST and (box[2] - box[0]) < 4 * _SMALLEST:
            return False
        ink, opacity = self._fill(text)
        if opacity == 0:
            return False
        return ink is None or not alike(ink, _WHITE) or self._stands_on_colour(box)

    def _stands_on_colour(self, box: _Box) -> bool:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return any(
            (colour is None or not alike(colour, _WHITE)) and b[0] <= x <= b[2] and b[1] <= y <= b[3]
            for b, colour in self._under()
        )

    def _under(self) -> list[tuple[_Box, Colour | None]]:
        """What is painted on the page besides text: its box, and its colour where it has one."""
        if self._grounds is None:
            self._grounds = []
            for one in self._page.get_objects(max_depth=3):
                box = self._box(one.raw)
                if box is None:
                    continue
                if one.type == self._raw.FPDF_PAGEOBJ_PATH:
                    ink, opacity = self._fill(one.raw)
                    if ink is not None and opacity:
                        self._grounds.append((box, ink))
                elif one.type in (self._raw.FPDF_PAGEOBJ_IMAGE, self._raw.FPDF_PAGEOBJ_SHADING):
                    self._grounds.append((box, None))
        return self._grounds

    def _scan(self) -> bool:
        """Whether the page is a picture whose text was recognised: then what is invisible is what is seen."""
        if self._is_scan is None:
            left, bottom, right, top = self._edges
            whole = max((right - left) * (top - bottom), 1.0)
            self._is_scan = any(
                colour is None and (b[2] - b[0]) * (b[3] - b[1]) >= _SCAN * whole
                for b, colour in self._under()
            )
        return self._is_scan

    def _box(self, found: Any) -> _Box | None:
        sides = [ctypes.c_float() for _ in range(4)]
        if not self._raw.FPDFPageObj_GetBounds(found, *sides):
            return None
        left, bottom, right, top = (side.value for side in sides)
        return left, bottom, right, top

    def _fill(self, found: Any) -> tuple[Colour | None, int]:
        parts = [ctypes.c_uint() for _ in range(4)]
        if not self._raw.FPDFPageObj_GetFillColor(found, *parts):
            return None, 255
        red, green, blue, opacity = (part.value for part in parts)
        return (red, green, blue), opacity
