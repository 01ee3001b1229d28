"""The types of the public face, as a checker sees them from the wheel."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.installed import Installed, outside

# A person's first script, and what each of its expressions is.
SCRIPT = """\
from pathlib import Path

import clearspan as cs

with cs.Client(home=Path("home"), generate=False) as client:
    reveal_type(client.library("notes").add("docs/", "https://example.org/page")[0].problem)  # str
    reveal_type(client.library("notes").search("bridge", limit=3).hits[0].passage.start)  # int
    try:
        answer = client.ask("How long is the bridge?", library="notes", dials=["golden-gate"])
    except cs.ClearspanError as error:
        reveal_type(error.do)  # str
    else:
        reveal_type(answer.receipt.meter.joules)  # float
        reveal_type(answer.claims[0].citations[0].quote)  # str
        reveal_type(client.replay(answer.receipt.id).changes)  # tuple[str, ...]
reveal_type(cs.ask("How long?", settings=cs.Settings(max_quotes=1)).receipt)  # clearspan.receipts.Receipt
reveal_type(cs.plan.lifetime(like=13e9, tokens_served=2e12, hardware="h200").numbers["saving"].value)  # float
with cs.load("smollm2-135m") as model:
    gate = cs.dictionary("smollm2-135m").find("the bridge")[0]
    with model.dial(gate.clamp(5)):
        reveal_type(model.chat("Who are you?", max_tokens=8).text)  # str
"""
WRONG = """\
import clearspan as cs

cs.Client(generte=False)
cs.Client(port="8710")
cs.ask("How long?", "docs/")
cs.plan.train(flops=1e22, hardwear="h100")
"""
# What the types above do not come from, and what a checker takes a minute to read.
CONFIGURATION = """\
[mypy]
strict = True
disallow_any_expr = True
[mypy-huggingface_hub.*,safetensors.*,scipy.*,tokenizers.*,torch.*,transformers.*]
follow_imports = skip
"""


def test_the_wheel_says_that_it_has_types_and_brings_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "clearspan/py.typed" in names
    assert not [name for name in names if "test_" in name]


def test_a_script_has_no_error_and_no_any_and_a_wrong_one_is_told(
    environment: Callable[[str], Installed], tmp_path: Path
) -> None:
    installed = environment("types")
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "mypy.ini").write_text(CONFIGURATION)
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--python-executable",
        str(installed.python),
        "script.py",
        "wrong.py",
    ]
    said = subprocess.run(
        mypy, cwd=tmp_path, env=outside(), capture_output=True, text=True, check=False
    ).stdout
    assert [
        line for line in said.splitlines() if line.startswith("script.py") and ": note: Rev" not in line
    ] == []
    revealed = re.findall(r"^script\.py:(\d+): note: Revealed type is \"(.*)\"$", said, re.MULTILINE)
    assert [(int(line), kind) for line, kind in revealed] == [
        (number, line.rpartition("  # ")[2])
        for number, line in enumerate(SCRIPT.splitlines(), start=1)
        if "reveal_type" in line
    ]
    wrong = re.findall(r"^wrong\.py:(\d+): error: .* \[(?:call-arg|arg-type|misc)\]$", said, re.MULTILINE)
    assert wrong == [str(number) for number, line in enumerate(WRONG.splitlines(), start=1) if "(" in line]
