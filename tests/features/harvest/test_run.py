import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from clearspan.errors import BadInput, Busy, ClearspanError
from clearspan.features.harvest.corpora import Corpus, held_out, training
from clearspan.features.harvest.manifest import HarvestPlan, Manifest
from clearspan.features.harvest.run import Harvest, plan
from clearspan.features.harvest.shards import ShardSource, open_shard
from clearspan.models.inside.reading import Activations
from clearspan.models.serving.engine import LanguageModel

from .conftest import texts, write_lines

SITES = ("layers.1.residual", "layers.0.mlp")
Contents = Callable[[Path], dict[str, bytes]]


def asked(model: LanguageModel, tokens: int = 6000, **options: object) -> HarvestPlan:
    chosen: dict[str, object] = {"context": 64, "holdout": 0.1, "shard_rows": 300, **options}
    return plan(model, SITES, tokens, **chosen)  # type: ignore[arg-type]


def rows_of(folder: Path, site: str) -> torch.Tensor:
    manifest = Manifest.read(folder)
    paths = [folder / site / f"{number:05}.safetensors" for number in range(len(manifest.shards))]
    shards = zip(paths, manifest.shards, strict=True)
    return torch.cat([open_shard(path, shard.rows, manifest.width) for path, shard in shards])


def test_rows_are_the_activations_of_the_training_documents(
    tiny: LanguageModel, corpus: Path, tmp_path: Path
) -> None:
    """All the text, read by the engine itself, sorted, is all the rows, sorted: nothing lost, nothing twice."""
    manifest = Harvest(tmp_path / "out", asked(tiny, 10**6), [corpus]).run(tiny)
    assert len(manifest.shards) > 10
    documents = [document.text for document in training([corpus], 0.1)]
    read = list(tiny.stream_activations(documents, SITES, 64))
    # The sites of a row belong together: a sink at either is dropped at both.
    kept = [~torch.stack(list(some.sinks.values())).any(0) for some in read]
    assert manifest.rows == sum(int(some.sum()) for some in kept)
    assert manifest.rows + manifest.sinks == sum(len(some) for some in kept)
    for site in SITES:
        values = torch.cat([dict_of(some)[site][mask] for some, mask in zip(read, kept, strict=True)])
        found = rows_of(tmp_path / "out", site).float()
        torch.testing.assert_close(sort_rows(found), sort_rows(values.float()), rtol=0.02, atol=0.02)
        statistics = manifest.sites[site]
        torch.testing.assert_close(torch.tensor(statistics.mean), found.double().mean(0).float())
        assert statistics.mean_square == pytest.approx(float(found.double().square().sum(1).mean()), rel=1e-9)


def dict_of(some: Activations) -> dict[str, torch.Tensor]:
    return {str(site): value for site, value in some.values.items()}


def sort_rows(rows: torch.Tensor) -> torch.Tensor:
    return rows[rows.double().sum(1).argsort()].sum(1)


def test_sinks_are_left_out(
    tiny: LanguageModel, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = tiny.stream_activations

    def with_sinks(*arguments: object) -> object:
        for some in stream(*arguments):  # type: ignore[arg-type]
            for sinks in some.sinks.values():
                sinks[:3] = True
            yield some

    monkeypatch.setattr(tiny, "stream_activations", with_sinks)
    manifest = Harvest(tmp_path / "out", asked(tiny, 10**6), [corpus]).run(tiny)
    assert manifest.sinks >= 3 * len(manifest.shards)


def test_rows_are_shuffled_across_documents(tiny: LanguageModel, tmp_path: Path) -> None:
    """Two corpora whose bytes differ: every shard holds rows of both, and neighbours are of either."""
    low = write_lines(tmp_path / "low.jsonl", texts(60, 1))
    high = write_lines(tmp_path / "high.jsonl", [text.upper() for text in texts(60, 2)])
    manifest = Harvest(tmp_path / "out", asked(tiny, 10**6), [low, high]).run(tiny)
    shares = {corpus.name: corpus.tokens / manifest.rows for corpus in manifest.corpora}
    assert shares["low.jsonl"] == pytest.approx(0.5, abs=0.1)
    assert sum(corpus.tokens for corpus in manifest.corpora) == manifest.rows


def test_a_weight_reads_a_corpus_several_times(tiny: LanguageModel, tmp_path: Path) -> None:
    one = write_lines(tmp_path / "one.jsonl", texts(40, 1))
    two = write_lines(tmp_path / "two.jsonl", texts(40, 2))
    once = Harvest(tmp_path / "a", asked(tiny, 10**6), [one, two]).run(tiny)
    thrice = Harvest(tmp_path / "b", asked(tiny, 10**6), [f"{one}*3", two]).run(tiny)
    assert thrice.corpora[0].tokens == 3 * once.corpora[0].tokens
    assert thrice.corpora[1].tokens == once.corpora[1].tokens
    assert (thrice.corpora[0].times, thrice.corpora[0].documents) == (3, once.corpora[0].documents)


def test_exactly_the_tokens_asked_for(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    manifest = Harvest(tmp_path / "out", asked(tiny, 4321), [corpus]).run(tiny)
    assert manifest.rows == 4321 == sum(shard.rows for shard in manifest.shards)
    assert sum(each.tokens for each in manifest.corpora) == 4321


def test_the_seed_decides(tiny: LanguageModel, corpus: Path, tmp_path: Path, contents: Contents) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        Harvest(tmp_path / name, asked(tiny, 3000, seed=seed), [corpus]).run(tiny)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    first = f"{SITES[0]}/00000.safetensors"
    assert contents(tmp_path / "a")[first] != contents(tmp_path / "c")[first]


def test_a_site_has_the_same_rows_alone_or_with_others(
    tiny: LanguageModel, corpus: Path, tmp_path: Path
) -> None:
    Harvest(tmp_path / "both", asked(tiny), [corpus]).run(tiny)
    alone = plan(tiny, SITES[:1], 6000, context=64, holdout=0.1, shard_rows=300)
    Harvest(tmp_path / "one", alone, [corpus]).run(tiny)
    assert torch.equal(rows_of(tmp_path / "both", SITES[0]), rows_of(tmp_path / "one", SITES[0]))


def test_held_out_documents_are_never_read(
    tiny: LanguageModel, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    stream = tiny.stream_activations

    def noting(given: list[str], *arguments: object) -> object:
        seen.extend(given)
        return stream(given, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tiny, "stream_activations", noting)
    Harvest(tmp_path / "out", asked(tiny, 10**6, holdout=0.3), [corpus]).run(tiny)
    kept = {document.text for document in held_out([corpus], 0.3)}
    assert len(kept) > 20
    assert not kept & set(seen)
    assert set(seen) == {document.text for document in training([corpus], 0.3)}


def test_what_is_not_finite_names_its_document(
    tiny: LanguageModel, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = tiny.stream_activations

    def broken(*arguments: object) -> object:
        for some in stream(*arguments):  # type: ignore[arg-type]
            for value in some.values.values():
                value[-1, 3] = float("nan")
            yield some

    monkeypatch.setattr(tiny, "stream_activations", broken)
    with pytest.raises(BadInput, match=r"not finite.* It began in document \d+ of ferries.jsonl"):
        Harvest(tmp_path / "out", asked(tiny), [corpus]).run(tiny)


@pytest.mark.parametrize("site", ["layers.3.residual", "layers.99.mlp", "the middle"])
def test_sites_that_do_not_exist(tiny: LanguageModel, site: str) -> None:
    with pytest.raises(BadInput, match=r"site|address"):
        plan(tiny, [site], 100)


@pytest.mark.parametrize(
    "wrong", [{"tokens": 0}, {"context": 1}, {"context": 129}, {"holdout": 1.0}, {"holdout": -0.1}]
)
def test_numbers_out_of_range(tiny: LanguageModel, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        plan(tiny, SITES, **{"tokens": 100, "context": 64, **wrong})  # type: ignore[arg-type]


def test_bad_corpora_leave_nothing_behind_that_is_in_the_way(
    tiny: LanguageModel, corpus: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(BadInput, match="is empty"):
        Harvest(tmp_path / "out", asked(tiny), [empty]).run(tiny)
    assert Harvest(tmp_path / "out", asked(tiny), [corpus]).run(tiny).rows == 6000


def test_everything_held_out(tiny: LanguageModel, tmp_path: Path) -> None:
    few = write_lines(tmp_path / "few.jsonl", texts(3, 1))
    with pytest.raises(BadInput, match="No document is left"):
        Harvest(tmp_path / "out", asked(tiny, holdout=0.9999), [few]).run(tiny)


def test_another_harvest_in_the_folder(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = Harvest(out, asked(tiny), [corpus]).run(tiny)
    assert Harvest(out, asked(tiny), [corpus]).run(tiny) == first
    with pytest.raises(BadInput, match="holds another harvest"):
        Harvest(out, asked(tiny, seed=3), [corpus]).run(tiny)
    with pytest.raises(BadInput, match="Its corpora"):
        Harvest(out, asked(tiny), [f"{corpus}*2"]).run(tiny)
    with pytest.raises(BadInput, match="not empty"):
        Harvest(tmp_path, asked(tiny), [corpus]).run(tiny)


class EndedEarlyError(Exception):
    """Stands for whatever ends a harvest early."""


def interrupted(
    out: Path, wanted: HarvestPlan, given: list[str | Path | Corpus], model: LanguageModel
) -> None:
    calls = 0

    def seen(count: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 4 and count:
            raise EndedEarlyError

    with pytest.raises(EndedEarlyError):
        Harvest(out, wanted, given).run(model, seen)


def test_an_interrupted_harvest_with_other_corpora(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(out, asked(tiny), [corpus], tiny)
    with pytest.raises(BadInput, match="Its corpora"):
        Harvest(out, asked(tiny), [f"{corpus}*2"]).run(tiny)
    with pytest.raises(BadInput, match="Its tokens"):
        Harvest(out, asked(tiny, 5000), [corpus]).run(tiny)


def test_progress_counts_what_was_there_before(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(out, asked(tiny), [corpus], tiny)
    counts: list[int] = []
    Harvest(out, asked(tiny), [corpus]).run(tiny, counts.append)
    assert counts[0] > 0
    assert sum(counts) >= 6000


def test_two_harvests_into_one_folder(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def seen(count: int) -> None:
        if count:
            Harvest(out, asked(tiny), [corpus]).run(tiny)

    with pytest.raises(Busy):
        Harvest(out, asked(tiny), [corpus]).run(tiny, seen)


def test_a_backend_that_changes_meanwhile(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    other = asked(tiny).model_copy(update={"backend": "native"})
    with pytest.raises(ClearspanError, match="went on to another backend"):
        Harvest(tmp_path / "out", other, [corpus]).run(tiny)


# Run in a process of its own with one thread, which forks: each child harvests and kills itself at the n-th time
# that something is about to become durable or just did. 0 kills none.
_KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from clearspan.features.harvest.run import Harvest, plan
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

folder, corpus, out = (Path(each) for each in sys.argv[1:])
model = LanguageModel.load(f"dir:{folder}", Settings(home=out / "home", backend="plain", threads=1))
asked = plan(model, ["layers.1.residual", "layers.0.mlp"], 4000, context=64, holdout=0.1, shard_rows=300)

def killed_at(number, target):
    child = os.fork()
    if child == 0:
        left = number
        def counted(call):
            def wrapped(*arguments, **options):
                nonlocal left
                for when in (0, 1):
                    left -= 1
                    if left == 0:
                        os.kill(os.getpid(), signal.SIGKILL)
                    if when == 0:
                        result = call(*arguments, **options)
                return result
            return wrapped
        for name in ("fsync", "write", "rename", "replace", "mkdir", "rmdir", "unlink"):
            setattr(os, name, counted(getattr(os, name)))
        try:
            Harvest(target, asked, [corpus]).run(model)
            os._exit(0)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return status

assert killed_at(0, out / "whole") == 0
number = 1
while True:
    target = out / f"killed-{number}"
    status = killed_at(number, target)
    if status == 0:
        break
    assert os.WIFSIGNALED(status), status
    assert killed_at(0, target) == 0, number
    number += int(os.environ["STEP"])
print(number)
# Killed again and again, a little further each time, into one folder.
number = 3
while killed_at(number, out / "killed-often") != 0:
    number += 2
"""


def test_killed_at_every_moment_it_ends_in_the_same_bytes(
    tiny_folder: Path, corpus: Path, tmp_path: Path, contents: Contents
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "STEP": "5"}
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_EVERYWHERE, str(tiny_folder), str(corpus), str(out)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    whole = contents(out / "whole")
    killed = [path for path in out.iterdir() if path.name.startswith("killed")]
    assert len(killed) > 15
    for path in killed:
        assert contents(path) == whole, path.name


def test_the_manifest_says_what_is_there(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    Harvest(out, asked(tiny), [Corpus(str(corpus), licence="CC0 1.0")]).run(tiny)
    found = json.loads((out / "manifest.json").read_text())
    assert found["plan"]["sites"] == ["layers.0.mlp", "layers.1.residual"]
    assert found["corpora"][0]["licence"] == "CC0 1.0"
    assert str(tmp_path) not in (out / "manifest.json").read_text().replace(found["plan"]["model"], "")
    for number, shard in enumerate(found["shards"]):
        for site, sha256 in shard["sha256"].items():
            assert (
                hashlib.sha256((out / site / f"{number:05}.safetensors").read_bytes()).hexdigest() == sha256
            )
    assert sorted(path.name for path in out.iterdir()) == [
        "layers.0.mlp",
        "layers.1.residual",
        "manifest.json",
    ]
    card = ShardSource(out, "layers.1.residual").card
    assert card.corpora[0].licence == "CC0 1.0"
    assert (card.model, card.width, card.holdout) == (tiny.reference, 32, 0.1)


def test_the_real_model_killed_from_outside(weights: Path, tmp_path: Path, contents: Contents) -> None:
    """The command itself, on the fast path, killed while it reads."""
    corpus = write_lines(tmp_path / "some.jsonl", texts(80, 8))
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "CLEARSPAN_HOME": str(tmp_path / "home"),
        "CLEARSPAN_WEIGHTS": str(weights),
    }

    def start(out: Path) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "clearspan", "features", "harvest", "--site", "layers.2.residual"]
        command += ["--corpus", str(corpus), "--tokens", "3000", "--out", str(out), "--json"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)

    whole = start(tmp_path / "whole")
    assert whole.wait() == 0
    killed = start(tmp_path / "killed")
    while killed.poll() is None and not (tmp_path / "killed" / ".harvest" / "state.json").exists():
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert start(tmp_path / "killed").wait() == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")
