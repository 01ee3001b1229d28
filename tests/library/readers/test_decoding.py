"""Bytes to text: whose word counts for the encoding, and what is no text at all."""

import codecs

import pytest

from clearspan.errors import BadInput
from clearspan.library.readers.decoding import decode

FRENCH = "Les élèves étaient déjà arrivés à l’école où Zoé révisait ses leçons. " * 4


@pytest.mark.parametrize(
    ("rule", "data", "declared", "expected"),
    [
        ("a mark of UTF-8", codecs.BOM_UTF8 + "déjà".encode(), "latin-1", "déjà"),
        (
            "a mark of UTF-16, little end first",
            codecs.BOM_UTF16_LE + "déjà".encode("utf-16-le"),
            None,
            "déjà",
        ),
        ("a mark of UTF-16, big end first", codecs.BOM_UTF16_BE + "déjà".encode("utf-16-be"), None, "déjà"),
        ("a mark of UTF-32", codecs.BOM_UTF32_LE + "déjà".encode("utf-32-le"), None, "déjà"),
        ("UTF-8 before what is declared", "déjà".encode(), "latin-1", "déjà"),
        ("what is declared, where it is no UTF-8", "дом".encode("koi8-r"), "koi8-r", "дом"),
        ("an unknown word for an encoding is passed over", FRENCH.encode("cp1252"), "klingon", FRENCH),
        ("a wrong word is passed over", FRENCH.encode("cp1252"), "ascii", FRENCH),
        ("statistics tell Western Europe", FRENCH.encode("cp1252"), None, FRENCH),
        ("nothing is a text", b"", None, ""),
        (
            "a bad line among good ones is read alone",
            "café crème brûlée à côté\n".encode() + "déjà\n".encode("cp1252") + "où".encode(),
            None,
            "café crème brûlée à côté\ndéjà\noù",
        ),
    ],
)
def test_a_text_is_decoded(rule: str, data: bytes, declared: str | None, expected: str) -> None:
    assert decode(data, "a.txt", declared) == expected, rule


def test_other_alphabets_are_told_by_their_statistics() -> None:
    text = "Старая мельница стояла у реки, и никто не знал, кто её построил и зачем. " * 5
    assert "мельница" in decode(text.encode("cp1251"), "a.txt")


@pytest.mark.parametrize("data", [b"MZ\x00\x01", b"\x01\x02\x03\x04\xff\xfe\xfd" * 20])
def test_what_no_text_holds_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        decode(data, "a.bin")
    assert refused.value.what == "a.bin is not a text file."
    assert refused.value.why == "It holds bytes that no text holds."
