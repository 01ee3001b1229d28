"""One settings object: defaults, then a TOML file, then the environment, then flags.

The file is `config.toml` in the home folder; environment variables are `CLEARSPAN_` and the field's name in
capitals; flags are keyword arguments to `Settings`. Later ones win.
"""

import ipaddress
import tomllib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from clearspan.errors import BadInput

if TYPE_CHECKING:
    # Its own constructor takes anything; as a model, each field is a keyword that type checkers know.
    _Sources = BaseModel
else:
    _Sources = BaseSettings


class RemoteTier(BaseModel):
    """A model on a server that speaks OpenAI's chat protocol: one table `[tiers.NAME]` of config.toml.

    The key itself is never part of the settings: they say in which environment variable it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(description="Address up to and with /v1.")
    model: str = Field(min_length=1, max_length=200, description="The model's name on that server.")
    api_key_env: str = Field(
        default="",
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        description="Environment variable that holds the key; empty for a server without one.",
    )
    price_in: float = Field(default=0.0, ge=0, description="Price of a million tokens read.")
    price_out: float = Field(default=0.0, ge=0, description="Price of a million tokens written.")
    currency: str = Field(
        default="USD", pattern="^[A-Z]{3}$", description="Currency of the prices, ISO 4217."
    )
    concurrency: int = Field(default=4, ge=1, le=256, description="Requests under way at once at most.")
    candidates: int = Field(
        default=1,
        ge=1,
        le=16,
        description="Answers that are asked for at once, of which the best proved is shown.",
    )
    retries: int = Field(
        default=3, ge=0, le=10, description="Further tries after a passing failure, while no text has come."
    )
    connect_timeout: float = Field(default=5.0, gt=0, description="Seconds for a connection to come about.")
    first_timeout: float = Field(default=30.0, gt=0, description="Seconds until the first piece of a reply.")
    idle_timeout: float = Field(default=15.0, gt=0, description="Seconds between two pieces of a reply.")
    timeout: float = Field(
        default=120.0, gt=0, description="Seconds for a whole reply, its retries included."
    )

    @field_validator("base_url")
    @classmethod
    def _usable_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("it must be an http:// or https:// address, such as https://models.example/v1")
        if "@" in parts.netloc:
            raise ValueError("an address must not hold a name or password; name a variable in api_key_env")
        if parts.query or parts.fragment:
            raise ValueError("an address must end with its path, such as /v1")
        return address.rstrip("/")

    @field_validator("api_key_env")
    @classmethod
    def _key_travels_encrypted(cls, name: str, info: ValidationInfo) -> str:
        address: str = info.data.get("base_url", "")
        parts = urlsplit(address)
        if name and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise ValueError("a key is sent over https:// only, except to this machine")
        return name

    def cost(self, input_tokens: float, output_tokens: float) -> float:
        """The price of a reply, in `currency`."""
        return (input_tokens * self.price_in + output_tokens * self.price_out) / 1e6


class Settings(_Sources):
    """Everything that changes what Clearspan does; a field's description is its documentation.

    Given by keyword; what is not given comes from the environment, then from `config.toml` in the home folder.

    Raises:
        BadInput: a value is out of range or a name is unknown; names the field and where it may be set.
    """

    model_config = SettingsConfigDict(env_prefix="CLEARSPAN_", extra="forbid", frozen=True)

    home: Path = Field(
        default=Path(platformdirs.user_data_dir("clearspan")),
        description="Folder of all state: weights, libraries, the ledger, config.toml.",
    )
    weights: Path | None = Field(
        default=None,
        description="Folder of verified weights, to share between homes; models/ in the home folder.",
    )
    store: str = Field(
        default="", description="Address of libraries, as sqlite:FOLDER; in the home folder when empty."
    )
    ledger: str = Field(
        default="", description="Address of receipts and events; where the libraries are when empty."
    )
    library: str = Field(default="default", description="Library that is asked when none is named.")
    model: str = Field(default="smollm2-135m", description="Model reference of the local generating tier.")
    embedder: str = Field(
        default="minilm",
        description="Model reference of the sentence embeddings; empty searches by words alone.",
    )
    reading: Literal["close", "quick"] = Field(
        default="close",
        description="Whether a large network reads the likeliest passages again (its weights are 404 MB to fetch, "
        "once), or the small one reads alone.",
    )
    generate: bool = Field(default=True, description="Whether a model may answer from quotes.")
    tiers: dict[Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")], RemoteTier] = Field(
        default={}, description="Models on other servers, by the name that they have here."
    )
    generate_tier: str = Field(
        default="",
        description="Name of the tier in `tiers` that answers from quotes; empty for `model`.",
    )
    router: str = Field(
        default="",
        description="File of a fitted router (`clearspan route fit`) that chooses the tier, with the contract beside "
        "it; empty for the qualities that were set by hand.",
    )
    generate_seconds: float = Field(
        default=6.0,
        gt=0,
        description="Longest time one answer may wait for the model, and as long again to let it write.",
    )
    generate_candidates: int = Field(
        default=9,
        ge=1,
        le=16,
        description="Answers that the local model writes side by side, of which the best proved is shown.",
    )
    max_quotes: int = Field(default=3, ge=1, le=10, description="Quoted sentences in one overview at most.")
    search_limit: int = Field(
        default=40, ge=1, le=200, description="Passages that are judged and read per question."
    )
    support_threshold: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Probability from which a sentence counts as supported by what it cites.",
    )
    cost_of_wrong: float = Field(
        default=2.5,
        gt=0,
        description="What a wrong answer costs; with `cost_of_abstaining` it sets how sure an answer must be.",
    )
    cost_of_abstaining: float = Field(
        default=1.0, ge=0, description="What no answer costs, in the same measure as `cost_of_wrong`."
    )
    verify_with_model: bool = Field(
        default=False,
        description="Whether the local model's likelihoods take part in verifying a sentence; about a second each.",
    )
    checker: str = Field(
        default="",
        description="Model reference of a claim checker (hub:, dir:, onnx:PATH) that takes the place of the trained "
        "weights; empty uses these.",
    )
    careful_subjects: tuple[str, ...] = Field(
        default=(
            "health",
            "medicines",
            "poisons and food",
            "fire, electricity and chemicals",
            "rescue and emergencies",
        ),
        description="Subjects on which only quotes are shown unless two independent believable sources agree: names of "
        "lists that ship with Clearspan, or lists of one's own as `name: word, word`.",
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
    limit_key: str = Field(
        default="",
        pattern=r"^(.{16,})?$",
        description="Key with which dials may exceed their limits, each time recorded; empty: nobody may.",
    )
    dial_gauge: Path | None = Field(
        default=None,
        description="File of `clearspan models gauge` against which a vLLM server holds the dials of its requests; "
        "without one it takes none.",
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Host names, besides loopback and `host`, that requests may name."
    )
    watts_per_core: float = Field(
        default=12.0,
        gt=0,
        description="Power of one busy processor core, where no energy counter is readable.",
    )
    readers_recorded: bool = Field(
        default=True,
        description="Whether the server records what readers of the Studio do; docs/guides/readers.md says how.",
    )
    readers_holdout: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Share of visits that see search results instead of overviews, to learn what overviews change.",
    )
    readers_days: int = Field(
        default=90, ge=1, le=3650, description="Days after which what readers did is deleted."
    )
    threads: int = Field(default=0, ge=0, description="Processor threads for models; 0 takes all cores.")
    backend: Literal["auto", "plain"] = Field(
        default="auto",
        description="What runs the local model: the fastest that can, or transformers' own forward pass.",
    )
    kernel: Literal["auto", "portable"] = Field(
        default="auto",
        description="What the fast path on a processor is compiled to: the widest instructions of this one, or none "
        "that are written out by hand. It runs a model only where it was measured to be faster than transformers.",
    )

    @field_validator("generate_tier")
    @classmethod
    def _known_tier(cls, name: str, info: ValidationInfo) -> str:
        known: dict[str, RemoteTier] = info.data.get("tiers", {})
        if name and name not in known:
            raise ValueError(f"there is no [tiers.{name}]; there is {', '.join(known) or 'none yet'}")
        return name

    if not TYPE_CHECKING:

        def __init__(self, **given: Any) -> None:
            try:
                super().__init__(**given)
            except ValidationError as error:
                raise _unusable(error) from None
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
                raise BadInput(
                    "The settings cannot be read from config.toml.",
                    why=f"{error}.",
                    do="Correct that file in the home folder, or move it away.",
                ) from error

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

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

    @property
    def generating(self) -> RemoteTier | None:
        """The remote tier that writes sentences; None where the local model does."""
        return self.tiers.get(self.generate_tier)

    @cached_property
    def answer_threshold(self) -> float:
        """Probability from which a sentence is shown as an answer: from there on, silence would cost more."""
        return max(0.0, 1.0 - self.cost_of_abstaining / self.cost_of_wrong)

    @cached_property
    def models_dir(self) -> Path:
        """Verified weights, one folder a model."""
        return self.weights or self.home / "models"

    @property
    def store_address(self) -> str:
        """Where libraries are kept, for `library.stores.open`."""
        return self.store or f"sqlite:{self.home}"

    @property
    def ledger_address(self) -> str:
        """Where receipts and events are kept, for `ledger.open`."""
        return self.ledger or self.store_address


def load(**flags: Any) -> Settings:
    """Settings from file, environment and the flags that are not None.

    Raises:
        BadInput: as `Settings`.
    """
    return Settings(**{name: value for name, value in flags.items() if value is not None})


def _unusable(error: ValidationError) -> BadInput:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "settings"
    said = first["msg"].removeprefix("Value error, ")
    return BadInput(
        f"The setting '{field}' cannot be used: {said[:1].lower()}{said[1:]}.",
        why=_given(field, first.get("input")),
        do=f"Correct it in config.toml, in CLEARSPAN_{field.partition('.')[0].upper()}, or in the flag.",
    )


def _given(field: str, value: object) -> str:
    # What is no key by its name may still hold one: an address with a password in it.
    secret = "key" in field or "@" in str(value)
    return "" if secret else f"It was given as {value!r:.200}."


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
