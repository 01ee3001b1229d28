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
    assert loaded.models_dir.is_relative_to(tmp_path / "elsewhere")
    assert [loaded.store_address, loaded.ledger_address] == [f"sqlite:{tmp_path / 'elsewhere'}"] * 2


def test_the_ledger_is_where_the_libraries_are_unless_it_has_an_address_of_its_own(tmp_path: Path) -> None:
    assert settings.load(home=tmp_path, store="sqlite:/srv").ledger_address == "sqlite:/srv"
    apart = settings.load(home=tmp_path, ledger="sqlite:/srv")
    assert (apart.store_address, apart.ledger_address) == (f"sqlite:{tmp_path}", "sqlite:/srv")


@pytest.mark.parametrize(("name", "value"), [("port", 70000), ("max_quotes", 0), ("nonsense", 1)])
def test_a_bad_value_names_the_setting(tmp_path: Path, name: str, value: int) -> None:
    with pytest.raises(BadInput, match=name):
        settings.load(home=tmp_path, **{name: value})


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1\n")
    with pytest.raises(BadInput, match="prot"):
        settings.load(home=tmp_path)


TIER = '[tiers.far]\nbase_url = "https://models.example/v1/"\nmodel = "far-1b"\n'


def test_tiers_are_tables_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'generate_tier = "far"\n{TIER}price_in = 0.5\nprice_out = 2\n')
    loaded = settings.load(home=tmp_path)
    assert loaded.generating == loaded.tiers["far"]
    assert loaded.tiers["far"].base_url == "https://models.example/v1"
    assert loaded.tiers["far"].cost(2_000_000, 500_000) == 2.0
    assert hash(loaded) == hash(settings.load(home=tmp_path))


def test_without_a_tier_the_local_model_writes(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(TIER)
    loaded = settings.load(home=tmp_path)
    assert loaded.generating is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[tiers.far]\nmodel = "m"\n', "tiers.far.base_url"),
        ('[tiers.Far]\nbase_url = "https://a.example/v1"\nmodel = "m"\n', "tiers.Far"),
        ('[tiers.far]\nbase_url = "ftp://a.example/v1"\nmodel = "m"\n', "http"),
        ('[tiers.far]\nbase_url = "https://a.example/v1?x=1"\nmodel = "m"\n', "path"),
        ('[tiers.far]\nbase_url = "http://a.example/v1"\nmodel = "m"\napi_key_env = "K"\n', "https:// only"),
        (f"{TIER}price_in = -1\n", "tiers.far.price_in"),
        (f'{TIER}currency = "dollars"\n', "tiers.far.currency"),
        (f"{TIER}concurrency = 0\n", "tiers.far.concurrency"),
        (f"{TIER}idle_timeout = 0\n", "tiers.far.idle_timeout"),
        (f"{TIER}retires = 3\n", "tiers.far.retires"),
        (f'generate_tier = "near"\n{TIER}', r"no \[tiers.near\]; there is far"),
    ],
)
def test_a_tier_that_cannot_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(BadInput, match=says):
        settings.load(home=tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        'api_key_env = "sk-very-secret"',
        'api_key = "sk-very-secret"',
        'base_url = "https://me:sk-very-secret@models.example/v1"',
    ],
)
def test_a_key_in_the_wrong_place_is_refused_without_being_shown(tmp_path: Path, line: str) -> None:
    table = TIER if "base_url" not in line else '[tiers.far]\nmodel = "m"\n'
    (tmp_path / "config.toml").write_text(f"{table}{line}\n")
    with pytest.raises(BadInput, match="tiers") as refused:
        settings.load(home=tmp_path)
    assert "sk-very-secret" not in str(refused.value)


def test_a_key_may_go_to_this_machine_unencrypted(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        tier = {"base_url": f"http://{host}:8000/v1", "model": "m", "api_key_env": "K"}
        assert settings.load(home=tmp_path, tiers={"near": tier}).tiers["near"].api_key_env == "K"
