"""One settings object: defaults, then a TOML file, then the environment, then flags.

The file is `config.toml` in the home folder; environment variables are `CLEARSPAN_` and the field's name in
capitals; flags are keyword arguments to `Settings`. Later ones win.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from clearspan.errors import BadInput


class Settings(BaseSettings):
    """Everything that changes what Clearspan does; a field's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix="CLEARSPAN_", extra="forbid", frozen=True)

    home: Path = Field(
        default=Path(platformdirs.user_data_dir("clearspan")),
        description="Folder of all state: weights, libraries, the ledger, config.toml.",
    )
    weights: Path | None = Field(
        default=None,
        description="Folder of verified weights, to share between homes; models/ in the home folder.",
    )
    library: str = Field(default="default", description="Library that is asked when none is named.")
    model: str = Field(default="smollm2-135m", description="Model reference of the local generating tier.")
    embedder: str = Field(
        default="minilm",
        description="Model reference of the sentence embeddings; empty searches by words alone.",
    )
    generate: bool = Field(default=True, description="Whether the local model may join and shorten quotes.")
    generate_seconds: float = Field(
        default=6.0,
        gt=0,
        description="Longest time one answer may wait for the model, and as long again to let it write.",
    )
    max_quotes: int = Field(default=3, ge=1, le=10, description="Quoted sentences in one overview at most.")
    search_limit: int = Field(default=12, ge=1, le=200, description="Passages that are judged per question.")
    support_threshold: float = Field(
        default=0.5, ge=0, le=1, description="Verification score from which a sentence counts as supported."
    )
    answer_threshold: float = Field(
        default=0.5, ge=0, le=1, description="Score from which a quoted sentence counts as an answer."
    )
    max_question_chars: int = Field(default=2_000, gt=0, description="Longer questions are refused.")
    max_document_bytes: int = Field(
        default=50_000_000, gt=0, description="Larger files are refused by the library."
    )
    host: str = Field(default="127.0.0.1", description="Address the server binds to.")
    port: int = Field(default=8710, ge=0, le=65535, description="Port of the server; 0 picks a free one.")
    api_key: str = Field(
        default="", description="Key that clients must send; needed to bind beyond loopback."
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Host names, besides loopback and `host`, that requests may name."
    )
    watts_per_core: float = Field(
        default=12.0,
        gt=0,
        description="Power of one busy processor core, where no energy counter is readable.",
    )
    count_readers: bool = Field(
        default=True,
        description="Whether the server counts what readers of the Studio do; docs/readers.md says what is kept.",
    )
    holdout_share: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Share of sessions that see search results instead of overviews, to learn what overviews change.",
    )
    usage_days: int = Field(
        default=90, ge=1, le=3650, description="Days after which what readers did is deleted."
    )
    threads: int = Field(default=0, ge=0, description="Processor threads for models; 0 takes all cores.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        named: object = init_settings().get("home") or env_settings().get("home")
        default: object = cls.model_fields["home"].default
        home = Path(str(named or default)).expanduser()
        file = TomlConfigSettingsSource(settings_cls, toml_file=home / "config.toml")
        return init_settings, env_settings, file

    @cached_property
    def models_dir(self) -> Path:
        """Verified weights, one folder a model."""
        return self.weights or self.home / "models"

    @cached_property
    def libraries_dir(self) -> Path:
        """One SQLite file a library."""
        return self.home / "libraries"

    @cached_property
    def ledger_path(self) -> Path:
        """The SQLite file of receipts and events."""
        return self.home / "ledger.db"


def load(**flags: Any) -> Settings:
    """Settings from file, environment and the flags that are not None.

    Raises:
        BadInput: a value is out of range or a name is unknown; names the field and where it may be set.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "settings"
        raise BadInput(
            f"The setting '{field}' cannot be used: {first['msg'].lower()}.",
            why=f"It was given as {first.get('input')!r}.",
            do=f"Correct it in config.toml, in CLEARSPAN_{field.upper()}, or in the flag.",
        ) from error
