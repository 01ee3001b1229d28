"""Data, notes and mail."""

import json
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.library.originals import Original
from clearspan.library.readers import format_of, read
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.reading import Reading


def reading(name: str, data: bytes | str) -> Reading:
    return read(format_of(name), Original(name, name, data.encode() if isinstance(data, str) else data))


@pytest.mark.parametrize(
    ("name", "source", "text"),
    [
        (
            "a.csv",
            'Route,Fare\n"Orrin, Quay",14\nSelby,27\n',
            "Route: Orrin, Quay; Fare: 14\nRoute: Selby; Fare: 27",
        ),
        ("a.csv", "Route;Fare;Child\nOrrin;14,50;7\n", "Route: Orrin; Fare: 14,50; Child: 7"),
        ("a.tsv", "Route\tFare\tNote\nOrrin\t14\ta, b\n", "Route: Orrin; Fare: 14; Note: a, b"),
        (
            "a.jsonl",
            '{"route": "Orrin", "fare": {"adult": 14}, "on": [1, 2]}\n',
            "route: Orrin; fare adult: 14; on: 1, 2",
        ),
        (
            "a.json",
            '{"name": "Ferry", "fares": [{"to": "Orrin", "of": 14}]}',
            "name: Ferry\nto: Orrin; of: 14",
        ),
        ("a.rst", "Pumps\n=====\n\n10\\ :sup:`6` l [1]_.\n\n.. [1] Measured.\n", "Pumps\n\n10⁶ l"),
    ],
)
def test_data_is_read_record_by_record(name: str, source: str, text: str) -> None:
    assert reading(name, source).text.startswith(text)


def test_a_long_table_names_its_columns_to_its_end() -> None:
    rows = "".join(f"r{number},{number}\n" for number in range(1_200))
    found = reading("a.csv", f"Route,Fare\n{rows}").text.split("\n")
    assert len(found) == 1_200
    assert found[-1] == "Route: r1199; Fare: 1199"


def test_a_notebook() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Pumps\n", "40 m<sup>3</sup>"]},
        {
            "cell_type": "code",
            "source": "print(4)",
            "outputs": [{"text": "4\n"}, {"data": {"image/png": ""}}],
        },
    ]
    found = reading("a.ipynb", json.dumps({"cells": cells}))
    assert found.text == "Pumps\n\n40 m³\n\nprint(4)\n\n4"
    assert (found.title, found.left_out) == ("Pumps", "1 picture was not read.")


def test_mail() -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = (
        "The quay",
        "Ida Moss <i@x.example>",
        "Tue, 4 May 2021 10:00:00 +0000",
    )
    message.set_content("It closes.\n\nAt noon.\n")
    message.add_alternative("<p>It closes.</p>", subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    found = reading("a.eml", bytes(message))
    assert found.text.startswith("The quay\n\nFrom: Ida Moss <i@x.example>\nDate: Tue, 04 May 2021")
    assert found.text.endswith("It closes.\n\nAt noon.")
    assert (found.date, found.left_out) == ("2021-05-04", "1 attachment was not read.")
    page = EmailMessage()
    page.set_content(
        "<html><head><title>No text</title></head><body><p>40 m<sup>3</sup></p></body></html>", subtype="html"
    )
    assert reading("a.eml", bytes(page)).text == "(no subject)\n\n40 m³"
    box = b"".join(b"From x Tue May  4\n" + bytes(message) + b"\n" for _ in range(2))
    assert len(reading("a.mbox", box).headings) == 2


@pytest.mark.parametrize(("name", "data"), [("a.json", "[" * 5_000), ("a.ipynb", "{}"), ("a.json", '{"a": ')])
def test_data_that_cannot_be_read(name: str, data: str) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        reading(name, data)


@settings(deadline=None)
@given(
    st.text(
        st.characters(
            max_codepoint=0x24F, exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\u0100\u0200"
        ),
        min_size=4,
    ),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
)
def test_two_bytes_each_without_a_mark(text: str, encoding: str) -> None:
    source = f"The length is {text}"
    assert decode(source.encode(encoding), "a.txt") == source


def test_substitutions_that_stand_in_one_another_are_refused() -> None:
    levels = "".join(f".. |a{at}| replace:: |a{at + 1}| |a{at + 1}|\n" for at in range(12))
    with pytest.raises(BadInput, match="stand for one another"):
        reading("notes.rst", f"Read |a0|.\n\n{levels}.. |a12| replace:: x\n")
    assert "the weir" in reading("notes.rst", "Read |a|.\n\n.. |a| replace:: the weir\n").text


def test_a_long_name_is_not_repeated_whole_for_each_value_below_it() -> None:
    source = json.dumps([{"n" * 20_000: {f"k{at}": at for at in range(300)}}])
    assert len(reading("a.json", source).text) < 20 * len(source)
