"""A package index and a model hub on loopback, and a small package that stands for one that carries weights."""

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clearspan.models.weights.catalogue import Member, Pinned

if TYPE_CHECKING:
    from clearspan.models.weights.loading import LoadedModel


def build_wheel(content: bytes, name: str = "tiny_weights", version: str = "1.0") -> bytes:
    """A wheel whose one file is `content`; stored without compression."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/weights.bin": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return buffer.getvalue()


def pin(content: bytes, wheel: bytes) -> Pinned:
    """The catalogue's entry for `build_wheel(content)`."""
    member = Member("tiny_weights/weights.bin", "weights.bin", hashlib.sha256(content).hexdigest())
    return Pinned(
        reference="tiny",
        purpose="language model",
        package="tiny-weights",
        version="1.0",
        wheel_sha256=hashlib.sha256(wheel).hexdigest(),
        licence="Apache-2.0",
        size=len(content),
        wheel_size=len(wheel),
        format="transformers",
        members=(member,),
    )


@dataclass
class PackageIndex:
    """A loopback package index with one wheel.

    Attributes:
        cut_after: bytes of the wheel after which the connection is dropped; None sends all.
        hold_after: bytes after which it waits for `go_on`; `reached` is set there.
        downloads: how often the wheel was asked for.
    """

    wheel: bytes
    cut_after: int | None = None
    hold_after: int | None = None
    downloads: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    url: str = ""


_WHEEL_NAME = "tiny_weights-1.0-py3-none-any.whl"


def _handler(index: PackageIndex) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.endswith(".whl"):
                page = f'<!DOCTYPE html><html><body><a href="/{_WHEEL_NAME}">{_WHEEL_NAME}</a></body></html>'
                self._begin("text/html", len(page))
                self.wfile.write(page.encode())
                return
            index.downloads += 1
            self._begin("application/octet-stream", len(index.wheel))
            try:
                self._send_wheel()
            except ConnectionError:
                self.close_connection = True

        def _send_wheel(self) -> None:
            if index.hold_after is not None:
                self.wfile.write(index.wheel[: index.hold_after])
                self.wfile.flush()
                index.reached.set()
                index.go_on.wait(60)
                self.wfile.write(index.wheel[index.hold_after :])
            elif index.cut_after is not None:
                self.wfile.write(index.wheel[: index.cut_after])
                self.close_connection = True
            else:
                self.wfile.write(index.wheel)

        def _begin(self, kind: str, length: int) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler


def serve(handler: type[BaseHTTPRequestHandler]) -> tuple[ThreadingHTTPServer, str]:
    """A loopback server in a thread of its own, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@dataclass
class TinyPackage:
    content: bytes
    wheel: bytes
    pinned: Pinned
    index: PackageIndex


@pytest.fixture
def tiny_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyPackage]:
    """A package of 3 MB that pip finds on a loopback index, and that the catalogue knows as `tiny`."""
    content = bytes(range(256)) * 12_000
    wheel = build_wheel(content)
    index = PackageIndex(wheel)
    server, index.url = serve(_handler(index))
    for name, value in pip_environment(index.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("clearspan.models.weights.sources.PINNED", (pin(content, wheel),))
    yield TinyPackage(content, wheel, pin(content, wheel), index)
    index.go_on.set()
    server.shutdown()
    server.server_close()


def pip_environment(index: str) -> dict[str, str]:
    """Environment in which pip knows one index only and gives up at once."""
    return {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": f"{index}/simple/",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_TIMEOUT": "10",
    }


@pytest.fixture
def empty_cache(tmp_path: Path) -> Path:
    """A folder of weights with nothing in it."""
    return tmp_path / "weights"


_COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _hub_handler(files: Mapping[str, bytes], hashes: Mapping[str, str]) -> type[BaseHTTPRequestHandler]:
    """The part of a hub's interface that a download uses."""
    siblings = [
        {"rfilename": name, "size": len(data)}
        | ({"lfs": {"sha256": hashes[name], "size": len(data), "pointerSize": 100}} if name in hashes else {})
        for name, data in files.items()
    ]
    model = {"id": "acme/tiny", "modelId": "acme/tiny", "sha": _COMMIT, "tags": [], "siblings": siblings}
    model |= {"private": False, "downloads": 0, "likes": 0, "cardData": {"license": "mit"}}
    tree = [
        {"type": "file", "path": name, "size": len(data), "oid": "0" * 40} for name, data in files.items()
    ]

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, body: bool) -> None:
            path = self.path.partition("?")[0]
            name = path.partition(f"/acme/tiny/resolve/{_COMMIT}/")[2]
            if path.startswith("/api/models/acme/tiny/tree/"):
                self._send(json.dumps(tree).encode(), body)
            elif path.startswith("/api/models/acme/tiny"):
                self._send(json.dumps(model).encode(), body)
            elif name in files:
                self._send(files[name], body)
            else:
                self.send_response(404)
                self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _send(self, data: bytes, body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Repo-Commit", _COMMIT)
            self.send_header("ETag", f'"{len(data)}"')
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Starts a loopback hub that holds acme/tiny with the files, and the hashes it states, that are given."""

    def start(files: Mapping[str, bytes], hashes: Mapping[str, str] | None = None) -> None:
        server, url = serve(_hub_handler(files, hashes or {}))
        request.addfinalizer(server.server_close)
        request.addfinalizer(server.shutdown)
        monkeypatch.setenv("HF_ENDPOINT", url)

    return start


_SHAPE = {
    "vocab_size": 128,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 96,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_UNGROUPED = {name: value for name, value in _SHAPE.items() if name != "num_key_value_heads"}
_GPT2 = {"vocab_size": 128, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 96}
_SLIDING = {"head_dim": 8, "sliding_window": 8}

# Configurations of small models with random weights: pre- and post-norms, parallel and sequential layers, learned
# and rotary positions, grouped and plain heads, sliding windows, scaled embeddings, fused and separate matrices.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("LlamaConfig", _SHAPE),
    "mistral": ("MistralConfig", {**_SHAPE, "sliding_window": 8}),
    "gemma": ("GemmaConfig", {**_SHAPE, "head_dim": 8}),
    "gemma2": ("Gemma2Config", {**_SHAPE, **_SLIDING}),
    "gemma3": ("Gemma3TextConfig", {**_SHAPE, **_SLIDING}),
    "qwen2": ("Qwen2Config", _SHAPE),
    "qwen3": ("Qwen3Config", {**_SHAPE, "head_dim": 8}),
    "gpt2": ("GPT2Config", {**_GPT2, "bos_token_id": 1, "eos_token_id": 2}),
    "neox": ("GPTNeoXConfig", _UNGROUPED),
    "neox-sequential": ("GPTNeoXConfig", {**_UNGROUPED, "use_parallel_residual": False}),
    "phi": ("PhiConfig", _SHAPE),
    "phi3": ("Phi3Config", _SHAPE),
    "olmo2": ("Olmo2Config", _SHAPE),
}


def tiny_model(family: str, **changes: Any) -> "LoadedModel":
    """A random model of a family in float32, with a tokenizer of single ASCII characters."""
    import torch
    import transformers
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    from clearspan.models.weights.loading import LoadedModel

    name, options = FAMILIES[family]
    torch.manual_seed(0)
    config = getattr(transformers, name)(**{**options, **changes})
    # Larger than the usual scale of initial weights, so that layers do something.
    config.initializer_range = 0.2
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    model.config.max_position_embeddings = 96
    tokenizer = Tokenizer(WordLevel({chr(code): code for code in range(128)}, unk_token="?"))
    tokenizer.pre_tokenizer = Split(Regex("[\\s\\S]"), "isolated")
    return LoadedModel(model, transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer))


@pytest.fixture(scope="session", params=list(FAMILIES))
def family(request: pytest.FixtureRequest) -> "LoadedModel":
    """A tiny random model of each family in turn."""
    return tiny_model(request.param)


@pytest.fixture(scope="session")
def tiny_llama() -> "LoadedModel":
    """One tiny random model, for what does not depend on the family."""
    return tiny_model("llama")


@pytest.fixture(scope="session")
def smollm2(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> "LoadedModel":
    """The default model as its weights are loaded, in bfloat16, without an engine around it."""
    import torch

    from clearspan.models.weights.loading import load_weights
    from clearspan.models.weights.sources import resolve
    from clearspan.settings import Settings

    settings = Settings(home=tmp_path_factory.mktemp("smollm2-home"), weights=weights)
    return load_weights(resolve("smollm2-135m", settings), settings, torch.bfloat16)
