"""A format of dictionaries of another package: what NumPy wrote is brought in, and goes out again as it was."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.installed import REPOSITORY, Installed

NAME = "smollm2-135m/layers.3.residual/24"


def test_an_npz_file(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    installed = environment("dictionary")
    installed.install(REPOSITORY / "examples" / "dictionary-npz")
    numbers = np.random.default_rng(0)
    arrays = {
        "W_enc": numbers.standard_normal((576, 24)).astype(np.float32),
        "b_enc": numbers.standard_normal(24).astype(np.float32),
        "threshold": numbers.random(24).astype(np.float32),
        "W_dec": numbers.standard_normal((24, 576)).astype(np.float32),
        "b_dec": numbers.standard_normal(576).astype(np.float32),
    }
    made, home = tmp_path / "made", tmp_path / "home"
    made.mkdir()
    np.savez(made / "dictionary.npz", **arrays)
    model, site, size = NAME.split("/")
    told = installed.clearspan(
        *("features", "import", made, "--model", model, "--site", site, "--name", size), home=home
    )
    assert f"✓ {NAME}: 24 features of 576 numbers" in told
    installed.clearspan("features", "convert", NAME, tmp_path / "out", "--to", "npz", home=home)
    with np.load(tmp_path / "out" / "dictionary.npz", allow_pickle=False) as back:
        assert str(back["name"]) == NAME
        assert all((back[key] == array).all() for key, array in arrays.items())
