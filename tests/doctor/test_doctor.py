"""`clearspan doctor` on an empty home, on one that is in order, and on broken ones."""

import json
import os
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from clearspan import ledger
from clearspan.cli.doctor.command import doctor
from clearspan.doctor import holdings, machine, speed
from clearspan.doctor.examined import Examined
from clearspan.library import stores
from clearspan.measure.processor import processor
from clearspan.models.backends import figures
from clearspan.models.backends.native import build
from clearspan.settings import Settings
from tests.conftest import FIND, timed


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder that is there, is empty, and is its owner's alone; the port is free."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("CLEARSPAN_HOME", str(folder))
    monkeypatch.setenv("CLEARSPAN_PORT", "0")
    monkeypatch.setattr(machine, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(figures, "find", FIND)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(doctor, list(arguments), catch_exceptions=False)


def examined(*arguments: str) -> dict[str, dict[str, str]]:
    """What was found, by name; the exit code tells whether there is a fault."""
    result = run("--json", *arguments)
    told = json.loads(result.stdout)
    found = {one["name"]: one for one in told["found"]}
    assert len(found) == len(told["found"])
    assert told["ok"] == all(one["state"] != "fault" for one in found.values())
    assert result.exit_code == (0 if told["ok"] else 1)
    return found


def test_an_empty_home_is_no_fault_and_stays_empty(home: Path) -> None:
    found = examined()
    assert found["home"]["state"] == "ok"
    assert found["kernel"]["state"] == found["speed"]["state"] == "note"
    assert "--measure" in found["speed"]["do"]
    assert found["weights smollm2-135m"]["state"] == "note"
    assert "clearspan models fetch smollm2-135m" in found["weights smollm2-135m"]["do"]
    assert found["libraries"]["state"] == "note"
    assert found["ledger"]["state"] == found["port"]["state"] == found["versions"]["state"] == "ok"
    assert "fault" not in {one["state"] for one in found.values()}
    assert list(home.iterdir()) == []


def test_every_line_that_is_not_right_says_what_to_do(home: Path) -> None:
    home.chmod(0o777)
    (home / "libraries").mkdir()
    (home / "libraries" / "bridges.db").write_bytes(b"not a database " * 100)
    found = examined()
    assert all(bool(one["do"]) == (one["state"] != "ok") for one in found.values())
    text = run().output
    for one in found.values():
        assert one["found"] in text or one["name"] in {"cores", "memory", "disk"}
        assert one["do"] in text
    assert "✗ home" in text


def test_a_home_that_is_not_there_is_made_later(home: Path) -> None:
    home.rmdir()
    assert examined()["home"]["state"] == "ok"
    assert not home.exists()


def test_a_home_that_is_a_file(home: Path) -> None:
    home.rmdir()
    home.write_text("")
    assert run().exit_code == 1


@pytest.mark.parametrize(
    ("mode", "state"), [(0o700, "ok"), (0o755, "note"), (0o775, "fault"), (0o757, "fault")]
)
def test_who_else_may_use_the_home(home: Path, mode: int, state: str) -> None:
    home.chmod(mode)
    assert examined()["home"]["state"] == state
    assert stat.S_IMODE(home.stat().st_mode) == mode


def test_a_home_that_cannot_be_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so that the system's answer is made up.
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = holdings.home(Settings(home=home))
    assert found.state == "fault"
    home.rmdir()
    assert holdings.home(Settings(home=home)).state == "fault"


@pytest.mark.parametrize("text", ["port = ", "port = 'no number'", "nonsense = 1", "\udcff"])
def test_settings_that_cannot_be_read_are_a_fault(home: Path, text: str, monkeypatch: Any) -> None:
    monkeypatch.delenv("CLEARSPAN_PORT")
    (home / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = examined()
    assert found["settings"]["state"] == "fault"
    assert "config.toml" in found["settings"]["do"] + found["settings"]["found"]
    assert found["processor"]["state"] == "ok"


def test_whole_and_damaged_databases(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:{home}"
    ledger.open(address).close()
    there = stores.open(address)
    for name in ("whole", "torn", "newer"):
        there.open(name).close()
    folder = home / "libraries"
    with (folder / "torn.db").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(20_000))
    newer = sqlite3.connect(folder / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    (folder / "text.db").write_text("Not a database. " * 400)
    before = {path.name: path.read_bytes() for path in folder.glob("*.db")}
    found = examined()
    assert found["ledger"]["state"] == found["library whole"]["state"] == "ok"
    assert "whole" in found["library whole"]["found"]
    for name in ("torn", "newer", "text"):
        assert found[f"library {name}"]["state"] == "fault", name
        assert found[f"library {name}"]["do"]
    assert before == {path.name: path.read_bytes() for path in folder.glob("*.db")}
    monkeypatch.setattr(holdings, "_FILE_SECONDS", -1.0)
    monkeypatch.setattr("clearspan.sqlite._LOOK_STEPS", 1)
    assert "too large" in examined()["library whole"]["found"]


def test_no_secret_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARSPAN_API_KEY", "open-sesame")
    monkeypatch.setenv("CLEARSPAN_STORE", "postgres://ada:open-sesame@machine/clearspan")
    result = run()
    assert "open-sesame" not in result.output + run("--json").output
    assert "Kept by 'postgres'" in result.output


def test_weights_that_are_damaged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / "models" / "minilm"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"half")
    manifest = {
        "facts": {"reference": "minilm"},
        "files": {"model.safetensors": {"size": 8, "sha256": "0" * 64}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    found = examined()["weights minilm"]
    assert found["state"] == "fault"
    assert "clearspan models verify" in found["do"]


def test_weights_of_ones_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARSPAN_MODEL", "gguf:/nowhere/at/all.gguf")
    found = examined()
    assert found["weights gguf:/nowhere/at/all.gguf"]["state"] == "fault"
    path = home / "own.gguf"
    path.write_bytes(b"GGUF" + bytes(2_000_000))
    monkeypatch.setenv("CLEARSPAN_MODEL", f"gguf:{path}")
    assert "2 MB" in examined()[f"weights gguf:{path}"]["found"]
    monkeypatch.setenv("CLEARSPAN_MODEL", "nonesuch")
    assert examined()["weights nonesuch"]["state"] == "fault"


def test_a_full_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr(holdings.shutil, "disk_usage", lambda _: usage)
    assert examined()["disk"]["state"] == "fault"
    usage.free = 300_000_000
    assert "missing" in examined()["disk"]["do"]


class _Other(BaseHTTPRequestHandler):
    told = b"Hello"

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.told)

    def log_message(self, format: str, *args: object) -> None: ...


class _Clearspan(_Other):
    told = b'{"status": "ok", "version": "9.9.9", "readiness": {}}'


@pytest.fixture
def serving(request: pytest.FixtureRequest) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("serving", "state", "said"),
    [(_Other, "note", "Another program"), (_Clearspan, "ok", "Clearspan 9.9.9")],
    indirect=["serving"],
)
def test_who_serves_at_the_port(home: Path, serving: int, state: str, said: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("CLEARSPAN_PORT", str(serving))
    found = examined()["port"]
    assert found["state"] == state
    assert said in found["found"]


def test_a_free_port(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    monkeypatch.setenv("CLEARSPAN_PORT", str(port))
    assert examined()["port"]["found"] == f"127.0.0.1:{port} is free."


def test_compilers(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "compiler", lambda: None)
    assert machine.compiler().state == "note"
    for body, state in (("echo compiler 12", "ok"), ("exit 3", "fault")):
        program = tmp_path / "compiler"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        monkeypatch.setattr(build, "compiler", lambda program=program: str(program))
        assert machine.compiler().state == state


def test_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PACKAGES", ("torch", "no-such-package"))
    found = machine.versions()
    assert found.state == "fault"
    assert found.do == "Run 'pip install no-such-package'."


def test_a_machine_that_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    cores = os.cpu_count() or 1
    for busy, state in ((100.0, "note"), (0.0, "ok")):
        monkeypatch.setattr(machine.psutil, "cpu_percent", lambda *_, busy=busy, **__: [busy] * cores)
        assert machine.cores().state == state
    free = type("Memory", (), {"available": 1e8, "total": 8e9})
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: free)
    assert machine.memory().state == "note"


def test_speeds_of_this_machine_with_this_library(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = home / "models" / ".native" / "step-1.so"
    library.parent.mkdir(parents=True)
    monkeypatch.setattr(build, "built", lambda *_, **__: library)
    mine = timed("a", plain=7.25, native=31.5).model_copy(
        update={"model": "smollm2-135m", "library": library.name, "processor": processor()}
    )

    def keep(**changes: str) -> Examined:
        one = mine.model_copy(update=changes)
        figures.once(library, one.key, lambda: one, threading.Event())
        return speed.speed(Settings(home=home))

    assert keep(key="b", processor="another").state == "note"
    assert keep(key="c", library="step-0.so").state == "note"
    found = keep()
    assert found.state == "ok"
    assert "native is faster here" in found.found
    assert "plain 7.25 alone" in found.found
    assert "native 31.5 alone" in found.found
    plain = Settings(home=home, backend="plain")
    assert speed.speed(plain).state == speed.kernel(plain).state == "ok"


def test_measuring_needs_weights_that_are_here(home: Path) -> None:
    found = examined("--measure")
    assert found["measuring"]["state"] == "note"
    assert not (home / "models").exists()


def test_measuring_forgets_what_was_and_waits_for_what_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearspan.models.serving import engine

    library = home / "models" / ".native" / "step-0.so"
    library.parent.mkdir(parents=True)
    old = timed("a", plain=1.0, native=2.0).model_copy(update={"model": "smollm2-135m"})
    figures.once(library, "a", lambda: old, threading.Event())
    waited: list[str] = []

    class Opened:
        def __enter__(self) -> "Opened":
            return self

        def __exit__(self, *_: object) -> None:
            waited.append("closed")

        def settle(self) -> None:
            assert figures.of_model("smollm2-135m", Settings(home=home)) == []
            waited.append("settled")

    monkeypatch.setattr(speed, "is_here", lambda _: True)
    monkeypatch.setattr(engine.LanguageModel, "load", lambda *_: Opened())
    examined("--measure")
    assert waited == ["settled", "closed"]


def test_it_imports_nothing_that_runs_models() -> None:
    code = (
        "import sys; from clearspan.doctor import examination; "
        "heavy = {'torch', 'transformers', 'onnxruntime', 'scipy', 'fastapi'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
