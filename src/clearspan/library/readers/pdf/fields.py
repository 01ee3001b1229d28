"""What the fields of a PDF form hold, at the places where they stand."""

import ctypes
import importlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from clearspan.library.readers.pdf.letters import Segment
from clearspan.library.readers.reading import one_line

_UNSEEN = 0b100010
"""Flags of an annotation that is hidden or not shown (ISO 32000-2, 12.5.3)."""
_LONGEST = 20_000


def with_fields(lines: list[list[Segment]], page: Any, form: Any) -> list[list[Segment]]:
    """The lines of a page with the values of its form fields, each in the line that it stands in.

    Args:
        page: a `pypdfium2.PdfPage` of a document whose forms are initialised.
        form: its form environment; None where the document has no form.
    """
    found = list(_values(page, form)) if form is not None else []
    for value in found:
        middle = value.bottom + value.height / 2
        beside = [
            line for line in lines if line[0].bottom - 2 <= middle <= line[0].bottom + line[0].height + 2
        ]
        if beside:
            # Labels of the same line stand on its left; where two lines are as high, the nearer one.
            line = max(
                beside, key=lambda one: max((s.right for s in one if s.left <= value.left), default=-1.0)
            )
            line.append(value)
            line.sort(key=lambda segment: segment.left)
        else:
            below = next((i for i, line in enumerate(lines) if line[0].bottom < value.bottom), len(lines))
            lines.insert(below, [value])
    return lines


def _values(page: Any, form: Any) -> Iterator[Segment]:
    raw = importlib.import_module("pypdfium2.raw")
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            is_field = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
            if is_field and (text := _value(raw, annotation, form)):
                yield _placed(raw, annotation, text)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _value(raw: Any, annotation: Any, form: Any) -> str:
    if raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
        return ""
    kind = raw.FPDFAnnot_GetFormFieldType(form.raw, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        return "☑" if raw.FPDFAnnot_IsChecked(form.raw, annotation) else "☐"
    if kind not in (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        return ""
    return one_line(_string(partial(raw.FPDFAnnot_GetFormFieldValue, form.raw, annotation)))


def _string(call: Any) -> str:
    """What a function of PDFium writes into a buffer: UTF-16, little endian, with a zero at the end."""
    size = min(int(call(None, 0)), _LONGEST)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    call(buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", errors="replace").rstrip("\0")


def _placed(raw: Any, annotation: Any, text: str) -> Segment:
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    low, high = sorted((float(box.bottom), float(box.top)))
    return Segment(text, float(box.left), float(box.right), low, max(high - low, 1.0))
