"""One pass over text: against counting everything at once, and killed at random moments."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from clearspan.errors import BadInput
from clearspan.features.evidence import checkpoint, gather
from clearspan.features.evidence.checkpoint import FILE, GatheringProgress
from clearspan.features.evidence.gather import EvidencePass
from clearspan.features.evidence.mixing import Text
from clearspan.features.evidence.pools import WINDOW
from tests.features.evidence.reading_model import (
    FEATURES,
    SITE,
    ReadingModel,
    dictionary,
    texts,
)

_PROCESS = Path(__file__).with_name("pass_process.py")


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products in float32, so that one document alone gives the same as many."""
    monkeypatch.setattr(gather, "preferred_dtype", lambda: torch.float32)


def _gathered(tmp_path: Path, given: list[Text], tokens: int = 10**9) -> GatheringProgress:
    return EvidencePass(dictionary(), ReadingModel(), tmp_path, tokens).run(given)


def _everything(given: list[Text]) -> list[np.ndarray]:
    """Activations of every document, sinks at 0."""
    parts = ReadingModel().stream_activations([text.text for text in given], [SITE])
    found = [dictionary().encode(part.values[SITE]).numpy() for part in parts]
    for each in found:
        each[0] = 0
    return found


def test_numbers_are_those_of_all_tokens(tmp_path: Path) -> None:
    given = texts(150)
    tally = _gathered(tmp_path, given).tally
    every = np.concatenate(_everything(given))
    assert tally.tokens == sum(len(text.text) - 1 for text in given)
    assert (tally.counts == (every > 0).sum(0)).all()
    np.testing.assert_allclose(tally.sums, every.sum(0, dtype=np.float64), rtol=1e-5)
    np.testing.assert_allclose(tally.maxima, every.max(0), rtol=1e-6)
    assert (tally.histograms.cut(tally.maxima, 24).sum(1) == tally.counts).all()
    assert tally.counts[-1] == 0
    assert 0.01 < tally.counts[:-1].mean() / tally.tokens < 0.3


def test_top_candidates_are_the_highest_of_different_quotable_documents(tmp_path: Path) -> None:
    given = texts(150)
    tally = _gathered(tmp_path, given).tally
    every = _everything(given)
    for feature in range(FEATURES):
        peaks = {
            number: float(rows[:, feature].max())
            for number, rows in enumerate(every)
            if given[number].quotable and rows[:, feature].max() > 0
        }
        wanted = sorted(peaks, key=lambda number: (-peaks[number], number))[:5]
        found = tally.top.arrays["documents"][feature]
        np.testing.assert_allclose(
            tally.top.arrays["values"][feature, : len(wanted)],
            [peaks[number] for number in wanted],
            rtol=1e-5,
        )
        assert set(found[found >= 0]) <= set(peaks)
        assert len(set(found[found >= 0])) == (found >= 0).sum() == len(wanted)


def test_windows_are_the_text_around_a_peak_with_the_features_activations(tmp_path: Path) -> None:
    given = texts(60)
    tally = _gathered(tmp_path, given).tally
    every = _everything(given)
    for pool in (tally.top, tally.middle):
        arrays = pool.arrays
        features, places = np.nonzero(arrays["documents"] >= 0)
        assert features.size
        for feature, place in zip(features, places, strict=True):
            document = int(arrays["documents"][feature, place])
            tokens = arrays["tokens"][feature, place]
            length = int((tokens >= 0).sum())
            text = [ord(letter) % 251 for letter in given[document].text]
            assert length == min(WINDOW, len(text))
            peak = int(arrays["peaks"][feature, place])
            rows = every[document][:, feature]
            starts = [
                at for at in range(len(text) - length + 1) if text[at : at + length] == list(tokens[:length])
            ]
            assert any(
                np.allclose(arrays["activations"][feature, place, :length], rows[at : at + length], rtol=1e-5)
                and np.isclose(rows[at + peak], arrays["values"][feature, place], rtol=1e-5)
                for at in starts
            )


def test_middle_candidates_are_of_the_middle_of_the_range(tmp_path: Path) -> None:
    tally = _gathered(tmp_path, texts(150)).tally
    taken = tally.middle.arrays["documents"] >= 0
    shares = tally.middle.arrays["values"] / np.maximum(tally.maxima, 1e-9)[:, None]
    assert taken.any()
    assert (shares[taken] >= 0.25 - 1e-6).all()
    assert (shares[taken] <= 0.75 + 1e-6).all()


def test_it_ends_when_there_are_enough_tokens(tmp_path: Path) -> None:
    progress = _gathered(tmp_path, texts(400), tokens=800)
    assert 800 <= progress.tally.tokens < 900


def test_killed_at_random_moments_it_ends_in_the_same_bytes(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    results = tmp_path / "whole-result", tmp_path / "killed-result"
    for folder in (whole, killed, *results):
        folder.mkdir()
    subprocess.run(_command(whole, results[0]), check=True, stdout=subprocess.DEVNULL)
    chosen = random.Random(3)
    for _ in range(2):
        with subprocess.Popen(_command(killed, results[1]), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chosen.randrange(20, 250)):
                process.stdout.readline()
            process.kill()
    resumed = subprocess.run(_command(killed, results[1]), check=True, capture_output=True, text=True)
    # It did go on: its first report is already far from the beginning.
    assert int(resumed.stdout.split()[0]) > 1000
    assert (results[1] / FILE).read_bytes() == (results[0] / FILE).read_bytes()


def _command(folder: Path, result: Path) -> list[str]:
    return [sys.executable, str(_PROCESS), str(folder), str(result)]


def test_a_finished_pass_is_not_read_again(tmp_path: Path) -> None:
    given = texts(100)
    model = ReadingModel()
    progress = EvidencePass(dictionary(), model, tmp_path, 10**9, save_every=1).run(given)
    again = ReadingModel()
    assert EvidencePass(dictionary(), again, tmp_path, 10**9).run(given).tally.tokens == progress.tally.tokens
    assert len(model.read) == 100
    assert not again.read


def test_changed_text_is_noticed_and_the_next_run_begins_anew(tmp_path: Path) -> None:
    EvidencePass(dictionary(), ReadingModel(), tmp_path, 10**9, save_every=1).run(texts(100))
    other = texts(100, seed=1)
    with pytest.raises(BadInput, match="read other text"):
        EvidencePass(dictionary(), ReadingModel(), tmp_path, 10**9).run(other)
    assert EvidencePass(dictionary(), ReadingModel(), tmp_path, 10**9).run(other).documents == 100


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x80\x04\x95pickle"])
def test_a_damaged_checkpoint_is_not_gone_on_with(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE).write_bytes(damage)
    assert checkpoint.resume(tmp_path, "any") is None
    assert _gathered(tmp_path, texts(20)).documents == 20


def test_another_dictionary_does_not_go_on_with_a_checkpoint(tmp_path: Path) -> None:
    EvidencePass(dictionary(), ReadingModel(), tmp_path, 10**9, save_every=1).run(texts(70))
    model, other = ReadingModel(), dictionary()
    other.parameters["threshold"][0] += 1
    EvidencePass(other, model, tmp_path, 10**9).run(texts(70))
    assert len(model.read) == 70


def test_activations_that_are_not_finite_are_told_with_their_document(tmp_path: Path) -> None:
    given = texts(10)
    with pytest.raises(BadInput, match="not finite in 'Document 7'"):
        EvidencePass(dictionary(), ReadingModel(broken=given[7].text), tmp_path, 10**9).run(given)


def test_a_dictionary_for_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a dictionary for smollm2-135m"):
        EvidencePass(dictionary("gemma3-270m"), ReadingModel(), tmp_path, 100)


def test_a_dictionary_of_another_width_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="reads 13 numbers at a position, and 12 were given"):
        EvidencePass(dictionary(width=13), ReadingModel(), tmp_path, 100).run(texts(3))


def test_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no text to read"):
        _gathered(tmp_path, [])
