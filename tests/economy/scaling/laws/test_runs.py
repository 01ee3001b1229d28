"""Reading runs: every way a file can be wrong has an error that names the place."""

from pathlib import Path

import pytest

from clearspan.economy.scaling.laws.runs import read_runs, read_tasks
from clearspan.errors import BadInput, NotFound


def write(folder: Path, text: str) -> Path:
    file = folder / "runs.csv"
    file.write_text(text, "utf-8")
    return file


def test_tokens_follow_from_compute_and_remarks_are_skipped(tmp_path: Path) -> None:
    runs = read_runs(
        write(tmp_path, "# a remark\nModel Size,Training FLOP,loss\n1e9,6e19,2.5\n\n2e9,6e20,2.3\n")
    )
    assert runs.tokens.tolist() == pytest.approx([1e10, 5e10])
    assert runs.flops.tolist() == pytest.approx([6e19, 6e20])
    assert runs.unique_tokens.tolist() == runs.tokens.tolist()
    assert runs.group == ("0", "1")


def test_groups_and_unique_tokens_are_read(tmp_path: Path) -> None:
    runs = read_runs(
        write(tmp_path, "params,tokens,loss,unique_tokens,group\n1e9,4e9,2.5,1e9,a\n1e9,8e9,2.4,1e9,b\n")
    )
    assert runs.unique_tokens.tolist() == [1e9, 1e9]
    assert runs.group == ("a", "b")
    assert runs.without_highest(1).group == ("b",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("params,tokens\n1e9,2e10\n", "no column for loss"),
        ("params,loss\n1e9,2.5\n", "no column for tokens"),
        ("tokens,loss\n1e9,2.5\n", "no column for parameters"),
        ("params,tokens,loss\n", "no rows"),
        ("", "no rows"),
        ("params,tokens,loss\n1e9,2e10,nan\n", "row 2, loss: 'nan' is not a positive number"),
        ("params,tokens,loss\n1e9,2e10,inf\n", "row 2, loss"),
        ("params,tokens,loss\n1e9,2e10,2.5\n-1e9,2e10,2.4\n", "row 3, parameters"),
        ("params,tokens,loss\n1e9,0,2.4\n", "row 2, tokens"),
        ("params,tokens,loss\n1e9,many,2.4\n", "'many' is not a number"),
        ("params,tokens,loss\n1e9,2e10\n", "2 cells where the header has 3"),
        ("params,tokens,loss,unique_tokens\n1e9,2e10,2.4,3e10\n", "more unique tokens than tokens"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_runs(write(tmp_path, text))


def test_missing_files_and_foreign_bytes(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_runs(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("params,tokens,loss\n1,2,3 é\n".encode("latin-1"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_runs(tmp_path / "latin.csv")


def test_a_column_that_is_needed_is_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="unique_tokens"):
        read_runs(write(tmp_path, "params,tokens,loss\n1e9,2e10,2.4\n"), needs=("unique_tokens",))


def test_not_all_runs_can_be_left_out(tmp_path: Path) -> None:
    runs = read_runs(write(tmp_path, "params,tokens,loss\n1e9,2e10,2.4\n"))
    with pytest.raises(BadInput):
        runs.without_highest(1)


def test_tasks_need_loss_and_accuracy(tmp_path: Path) -> None:
    loss, accuracy = read_tasks(write(tmp_path, "model,loss,accuracy\na,2.5,0.4\nb,2.2,0.6\n"))
    assert loss.tolist() == [2.5, 2.2]
    assert accuracy.tolist() == [0.4, 0.6]
    with pytest.raises(BadInput, match="accuracy"):
        read_tasks(write(tmp_path, "loss\n2.5\n"))
    with pytest.raises(BadInput, match="row 2, accuracy"):
        read_tasks(write(tmp_path, "loss,accuracy\n2.5,nan\n"))
