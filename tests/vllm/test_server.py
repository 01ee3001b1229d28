"""Dials through vLLM's server: over HTTP, with the engine in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from clearspan.models.backends.vllm.encoding import ARGUMENT, request_arguments
from tests.vllm.conftest import CONTEXT, COUNT, DIALS, SHIP, Yardstick

pytest.importorskip("vllm", reason="vLLM is not installed here; 'make test-vllm' runs these")
# A server takes minutes to come up where others use the processor.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def address(yardstick: Yardstick, environment: dict[str, str], gauged: dict[str, str]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    command += ["--model", str(yardstick.folder)]
    command += [
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
        "--served-model-name",
        "small",
        "--dtype",
        "float32",
    ]
    command += ["--enforce-eager", "--max-model-len", str(CONTEXT), "--max-num-seqs", "4"]
    command += ["--hf-overrides", '{"architectures": ["LlamaForCausalLM"]}']
    variables = {**os.environ, **gauged, "VLLM_ENABLE_V1_MULTIPROCESSING": "1"}
    server = subprocess.Popen(command, env=variables)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 600
        while True:
            assert server.poll() is None, "the server ended while it started"
            assert time.monotonic() < deadline, "the server did not come up"
            try:
                if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def completed(address: str, xargs: dict[str, str] | None) -> httpx.Response:
    body = {"model": "small", "prompt": SHIP, "max_tokens": COUNT, "temperature": 0, "ignore_eos": True}
    return httpx.post(f"{address}/v1/completions", json={**body, "vllm_xargs": xargs}, timeout=120)


@pytest.mark.parametrize("name", ["none", "clamped residual", "two at one site and one elsewhere"])
def test_a_request_carries_its_dials_over_http(address: str, yardstick: Yardstick, name: str) -> None:
    dials = DIALS[name]
    arguments = request_arguments(dials, yardstick.backend.median_norm)
    answer = completed(address, arguments if dials else None)
    assert answer.status_code == 200, answer.text
    expected, _, _ = yardstick.continued(yardstick.tokenizer(SHIP)["input_ids"], dials, COUNT)
    assert answer.json()["choices"][0]["text"] == yardstick.tokenizer.decode(expected)


def test_dials_beyond_their_limit_are_refused(address: str, yardstick: Yardstick) -> None:
    (dial,) = DIALS["clamped residual"]
    farther = request_arguments([dial.direction.clamp(2 * dial.amount)], yardstick.backend.median_norm)
    answer = completed(address, farther)
    assert answer.status_code == 400
    assert "beyond their limit" in answer.text


def test_a_bad_dial_is_the_clients_fault(address: str) -> None:
    answer = completed(address, {ARGUMENT: "[{}]"})
    assert answer.status_code == 400
    assert "cannot be read" in answer.text
