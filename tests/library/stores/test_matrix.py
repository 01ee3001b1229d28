"""The matrix of vectors: exact neighbours, in step with the database."""

import sqlite3
from collections.abc import Iterator

import numpy as np
import pytest

from clearspan.library.stores.matrix import VectorMatrix


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    opened.execute("CREATE TABLE facts (name TEXT, value INTEGER)")
    opened.execute("INSERT INTO facts VALUES ('revision', 1)")
    opened.execute("CREATE TABLE vectors (id INTEGER PRIMARY KEY, passage INTEGER, vector BLOB)")
    yield opened
    opened.close()


def add(connection: sqlite3.Connection, passage: int, *vector: float) -> None:
    connection.execute(
        "INSERT INTO vectors (passage, vector) VALUES (?, ?)", (passage, np.array(vector, "<f4").tobytes())
    )
    changed(connection)


def changed(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE facts SET value = value + 1")


def near(*vector: float) -> np.ndarray:
    return np.array(vector, np.float32)


def test_the_nearest_come_first_and_ties_go_by_passage(connection: sqlite3.Connection) -> None:
    for passage, vector in ((7, (0.6, 0.8)), (5, (1.0, 0.0)), (3, (0.6, 0.8)), (9, (-1.0, 0.0))):
        add(connection, passage, *vector)
    matrix = VectorMatrix()
    found = matrix.search(connection, near(1, 0), 3)
    assert [passage for passage, _ in found] == [5, 3, 7]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.6])
    assert [passage for passage, _ in matrix.search(connection, near(1, 0), 99)] == [5, 3, 7, 9]


@pytest.mark.parametrize(("vector", "limit"), [((1, 0), 0), ((1, 0), -1), ((1, 0, 0), 5)])
def test_nothing_is_found_without_a_limit_or_in_another_dimension(
    connection: sqlite3.Connection, vector: tuple[float, ...], limit: int
) -> None:
    add(connection, 1, 1.0, 0.0)
    assert VectorMatrix().search(connection, near(*vector), limit) == []


def test_an_empty_table_has_no_neighbours(connection: sqlite3.Connection) -> None:
    assert VectorMatrix().search(connection, near(1, 0), 5) == []


def test_what_came_and_what_went_is_seen_at_the_next_search(connection: sqlite3.Connection) -> None:
    matrix = VectorMatrix()
    add(connection, 1, 1.0, 0.0)
    add(connection, 2, 0.0, 1.0)
    assert {passage for passage, _ in matrix.search(connection, near(1, 0), 9)} == {1, 2}
    add(connection, 3, 0.8, 0.6)
    connection.execute("DELETE FROM vectors WHERE passage = 1")
    changed(connection)
    found = dict(matrix.search(connection, near(1, 0), 9))
    assert found == {3: pytest.approx(0.8), 2: pytest.approx(0.0)}
    connection.execute("DELETE FROM vectors")
    changed(connection)
    assert matrix.search(connection, near(1, 0), 9) == []


def test_without_a_new_revision_nothing_is_read_again(connection: sqlite3.Connection) -> None:
    matrix = VectorMatrix()
    add(connection, 1, 1.0, 0.0)
    matrix.search(connection, near(1, 0), 9)
    connection.execute("DELETE FROM vectors")
    assert matrix.search(connection, near(1, 0), 9) == [(1, pytest.approx(1.0))]
