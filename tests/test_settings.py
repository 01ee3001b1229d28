"""Settings: defaults, file, environment, flags, in that order of rising priority."""

from pathlib import Path

import pytest

from clearspan import settings
from clearspan.errors import BadInput


def test_later_sources_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('port = 1001\nmax_quotes = 5\nlibrary = "filed"\n')
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path))
    monkeypatch.setenv("CLEARSPAN_PORT", "1002")
    assert settings.load().max_quotes == 5
    assert settings.load().port == 1002
    assert settings.load(port=1003, library=None).port == 1003
    assert settings.load(library=None).library == "filed"


def test_home_moves_all_state(tmp_path: Path) -> None:
    loaded = settings.load(home=tmp_path / "elsewhere")
    for path in (loaded.models_dir, loaded.libraries_dir, loaded.ledger_path):
        assert path.is_relative_to(tmp_path / "elsewhere")


@pytest.mark.parametrize(("name", "value"), [("port", 70000), ("max_quotes", 0), ("nonsense", 1)])
def test_a_bad_value_names_the_setting(tmp_path: Path, name: str, value: int) -> None:
    with pytest.raises(BadInput, match=name):
        settings.load(home=tmp_path, **{name: value})


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1\n")
    with pytest.raises(BadInput, match="prot"):
        settings.load(home=tmp_path)
