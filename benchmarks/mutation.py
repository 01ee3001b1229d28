"""Small faults put into the rooms that must not err, one at a time: the share that no test of the room notices.

mutmut makes the faults (an operator exchanged, a number raised by one, an argument left out, a text respelt) and runs,
for each, the tests that reach it. Each room is worked on in `.mutation/ROOM`, where what was found stays: a run that
was stopped goes on, and a change of a function has only that function's faults tried again. Where a room has more
faults than `--most`, a fixed sample is tried, and the share carries Wilson's interval.

    python benchmarks/mutation.py [ROOM ...] [--most N] [--minutes N] [--again] [--json] [--write]     (make mutation)
"""

import argparse
import hashlib
import json
import math
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clearspan.measure.bars import Bar, Cell, Report, Table, report
from clearspan.measure.intervals import wilson

REPOSITORY = Path(__file__).resolve().parent.parent
WORK = REPOSITORY / ".mutation"
BOUND = 0.15
NONE_OF_THIS_NAME = "Filtered for specific mutants, but nothing matches"
SURVIVED = (0, 33)
"""What mutmut files a fault under that no test noticed, and one that no test reaches."""


@dataclass(frozen=True, slots=True)
class Room:
    """Files in which faults are made, and tests that are held against them: those that load no model and take no time.

    Attributes:
        folder: below `src/clearspan`.
        left_out: files below it in which no faults are made.
        tests: files and folders of tests.
        not_run: tests among them that would take longer than all others.
    """

    folder: str
    tests: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()

    @property
    def work(self) -> Path:
        return WORK / self.folder.replace("/", "-")


ROOMS: Mapping[str, Room] = {
    "quantities": Room(
        "language/quantities",
        ("tests/language/quantities",),
        not_run=(
            "tests/language/quantities/test_conversion.py::test_there_and_back_is_the_same",
            "tests/language/quantities/test_reading.py::test_any_text_is_read_and_spans_are_exact_and_ordered",
            "tests/language/quantities/test_reading.py::test_grouped_and_plain_numbers_are_the_same",
        ),
    ),
    "proof": Room(
        "overview/proof",
        ("tests/overview/proof",),
        left_out=("checker.py", "training/*"),
        not_run=(
            "tests/overview/proof/test_checker.py",
            "tests/overview/proof/training",
            "tests/overview/proof/test_verify.py::test_every_sentence_of_the_samples_follows_from_itself",
            "tests/overview/proof/test_verify.py::test_meaning_is_a_part_when_there_are_embeddings",
            "tests/overview/proof/test_verify.py::test_a_number_is_supported_only_by_itself",
            "tests/overview/proof/test_claim_parts.py::test_every_part_is_its_span",
        ),
    ),
    "scaling": Room("economy/scaling", ("tests/economy/scaling",)),
}


def lay_out(room: Room) -> None:
    """The folder in which mutmut works on a room: the repository's sources and tests, and mutmut's settings."""
    room.work.mkdir(parents=True, exist_ok=True)
    for name in ("src", "tests"):
        link = room.work / name
        if not link.is_symlink():
            link.symlink_to(REPOSITORY / name, target_is_directory=True)
    folder = f"src/clearspan/{room.folder}"
    settings: dict[str, str | list[str]] = {
        "source_paths": ["src"],
        "only_mutate": [f"{folder}/*"],
        "do_not_mutate": [f"{folder}/{each}" for each in room.left_out],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "--import-mode=importlib"],
        "pytest_add_cli_args_test_selection": [*room.tests, *(f"--deselect={each}" for each in room.not_run)],
    }
    # Forked from a process that has run no test: in one that has, caches would answer for the functions with faults.
    settings["process_isolation"] = "forkserver"
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    text = "\n".join(["[tool.mutmut]", *lines, "use_git_change_detection = false", ""])
    written = room.work / "pyproject.toml"
    if not written.is_file() or written.read_text("utf-8") != text:
        written.write_text(text, "utf-8")


def mutmut(room: Room, faults: Sequence[str], children: int, minutes: float) -> None:
    """Try faults by name; what is found stays when the time is over.

    Raises:
        SystemExit: the tests cannot be run, or fail without any fault.
    """
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(children), *faults]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment.setdefault("CLEARSPAN_TEST_WEIGHTS", str(REPOSITORY / ".clearspan" / "test-weights"))
    log = room.work / "mutmut.log"
    with log.open("wb") as written:
        running = subprocess.Popen(
            command, cwd=room.work, env=environment, stdout=written, stderr=written, start_new_session=True
        )
        try:
            status = running.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            return
    told = log.read_text("utf-8", "replace")
    if status and NONE_OF_THIS_NAME not in told:
        raise SystemExit(f"{room.folder}: the tests of the room do not pass as they are.\n{told[-4_000:]}")


def results(room: Room) -> dict[str, int | None]:
    """Each fault of a room and the exit code of the tests that were run on it; None where it was not tried."""
    files = sorted((room.work / "mutants" / "src" / "clearspan" / room.folder).rglob("*.meta"))
    return {
        fault: code
        for file in files
        for fault, code in json.loads(file.read_text("utf-8"))["exit_code_by_key"].items()
    }


def sample(faults: Iterable[str], most: int) -> set[str]:
    """At most so many faults, the same ones each time; all where `most` is 0.

    Drawn by a hash of their names, so that one that is added elsewhere changes nothing for the others.
    """
    drawn = sorted(faults, key=lambda fault: hashlib.sha256(fault.encode()).digest())
    return set(drawn[:most] if most else drawn)


def tried(
    room: Room, most: int, children: int, minutes: float, again: bool
) -> tuple[int, dict[str, int | None]]:
    """How many faults a room has, and what became of those that were chosen."""
    lay_out(room)
    # No fault has this name: the faults are made, the tests timed, and nothing is tried yet.
    mutmut(room, ["none"], 1, minutes=10)
    chosen = sample(results(room), most)
    left = {None, *SURVIVED} if again else {None}
    if faults := [fault for fault, code in results(room).items() if fault in chosen and code in left]:
        mutmut(room, faults, children, minutes)
    every = results(room)
    return len(every), {fault: code for fault, code in every.items() if fault in chosen}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"{', '.join(ROOMS)}; all if none is named")
    parser.add_argument("--most", type=int, default=400, help="faults of a room that are tried; 0 for all")
    parser.add_argument("--minutes", type=float, default=40.0, help="for each room; another run goes on")
    parser.add_argument("--again", action="store_true", help="try those again that no test noticed")
    parser.add_argument("--children", type=int, default=1, help="processes at a time")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace the section in docs/measurements.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.rooms) - set(ROOMS):
        parser.error(f"There is no room {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}.")
    rows: list[tuple[Cell, ...]] = []
    places: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    for name in arguments.rooms or ROOMS:
        room = ROOMS[name]
        every, chosen = tried(room, arguments.most, arguments.children, arguments.minutes, arguments.again)
        found = [fault for fault, code in chosen.items() if code is not None]
        missed = [fault for fault in found if chosen[fault] in SURVIVED]
        share = len(missed) / len(found) if found else math.nan
        rows.append(
            (f"{room.folder}/", every, len(found), len(missed), share, *wilson(len(missed), len(found)))
        )
        bars.append(Bar(f"{room.folder}/: share of faults that no test notices", share, BOUND, "<="))
        if len(found) < len(chosen):
            bars.append(
                Bar(f"{room.folder}/: faults left to try", float(len(chosen) - len(found)), 0.0, "==")
            )
        counted = Counter(fault.partition("__mutmut")[0].removeprefix("clearspan.") for fault in missed)
        places.extend(counted.most_common(6))
    left_out = [f"{room.folder}/{each}" for room in ROOMS.values() for each in room.left_out]
    result = Report(
        section="Faults that tests notice",
        command="make mutation",
        tables=[
            Table("Rooms", ("room", "faults", "tried", "not noticed", "share", "2.5 %", "97.5 %"), rows),
            Table("Where most go unnoticed", ("function", "faults"), places),
        ],
        bars=bars,
        notes=[
            "mutmut 3, one fault at a time; of a room with more faults than were tried, a sample drawn by a hash of "
            f"their names, with Wilson's interval. Not changed: {', '.join(left_out)}."
        ],
    )
    return report(
        result, as_json=arguments.json, write=REPOSITORY / "docs/measurements.md" if arguments.write else None
    )


if __name__ == "__main__":
    sys.exit(main())
