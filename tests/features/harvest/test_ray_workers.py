import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clearspan.errors import BadInput, Refused
from clearspan.features.harvest.ray_workers import on_ray
from clearspan.features.harvest.run import Harvest, plan
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings


def test_workers_make_the_same_bytes_as_one_process(
    tiny: LanguageModel, corpus: Path, tmp_path: Path, contents: Callable[[Path], dict[str, bytes]]
) -> None:
    ray = pytest.importorskip("ray")
    settings = Settings(home=tmp_path / "home", backend="plain", threads=1)
    asked = plan(tiny, ["layers.1.residual", "layers.0.mlp"], 9000, context=64, holdout=0.1, shard_rows=300)
    Harvest(tmp_path / "one", asked, [corpus]).run(tiny)
    counts: list[int] = []
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        Harvest(tmp_path / "many", asked, [corpus]).collect(on_ray(asked, settings, 2, counts.append))
        # An error in a worker is told as such.
        wrong = asked.model_copy(update={"backend": "native"})
        with pytest.raises(BadInput, match=r"worker.*went on to another backend"):
            Harvest(tmp_path / "wrong", wrong, [corpus]).collect(on_ray(wrong, settings, 2))
    finally:
        ray.shutdown()
    assert sum(counts) >= 9000
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


def test_without_ray(tiny: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Refused, match="Ray is not installed"):
        on_ray(plan(tiny, ["embedding"], 10, context=64), Settings(home=tmp_path), 2)
