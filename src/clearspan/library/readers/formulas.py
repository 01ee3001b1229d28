"""Raised and lowered text, and formulas, written on one line of plain text that keeps what they mean."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

_FIGURES = "0123456789+-−=()"
_RAISED = dict(zip(f"{_FIGURES}in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿ", strict=True))
_LOWERED = dict(zip(f"{_FIGURES}aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_RAISED_LETTERS = dict(zip("bcdfghjklmptuvwxyzT", "ᵇᶜᵈᶠᵍʰʲᵏˡᵐᵖᵗᵘᵛʷˣʸᶻᵀ", strict=True))
_LONGEST = 24
"""Characters above which raised text is a remark, and no exponent."""
_DEEPEST = 60
_ATOM = re.compile(r"[\w.,]+|\([^()]*\)|.?")
_SIGNED = re.compile(r"(^\s*|[=<>≤≥≈(\[,;]\s*)([-−+±]) ")
_SPACED = frozenset("=<>≤≥≈≠≡∼∝→↔⇒⇔±×+−-∈⊂∪∩")


def raised(text: str) -> str:
    """An exponent in raised figures, as in 10⁶; `^` before what has none; ordinals and abbreviations as they are."""
    plain = " ".join(text.split())
    if not plain:
        return ""
    if all(sign in _RAISED or sign in _RAISED_LETTERS for sign in plain) and _is_exponent(plain):
        return "".join(_RAISED.get(sign) or _RAISED_LETTERS[sign] for sign in plain)
    if len(plain) > _LONGEST:
        return f" {plain}"
    return f"^{_grouped(plain)}" if any(sign.isdecimal() or sign in "+-−/*=" for sign in plain) else plain


def lowered(text: str) -> str:
    """An index in lowered figures, as in CO₂ and xᵢ; `_` before what has none, as in V_max."""
    plain = " ".join(text.split())
    if not plain:
        return ""
    if all(sign in _LOWERED for sign in plain) and (len(plain) == 1 or not plain.isalpha()):
        return "".join(_LOWERED[sign] for sign in plain)
    return f" {plain}" if len(plain) > _LONGEST else f"_{_grouped(plain)}"


def _is_exponent(plain: str) -> bool:
    # `1st`, `Mme` and `Nᵒ` are raised for their looks; `xⁿ` is not.
    return not plain.isalpha() or plain in "ikntxyzmT"


def _grouped(text: str) -> str:
    return text if _ATOM.fullmatch(text) else f"({text})"


def _fraction(above: str, below: str) -> str:
    return f"{_grouped(above)}/{_grouped(below)}"


def _root(of: str, degree: str = "") -> str:
    return f"{raised(degree)}√({of})"


def _rows(rows: Iterable[Iterable[str]]) -> str:
    return f"[{'; '.join(', '.join(row) for row in rows)}]"


def _scripted(base: str, below: str = "", above: str = "") -> str:
    mark = (
        above if above in "′″‴'" else raised(above) if not above.isalpha() or len(above) == 1 else f"^{above}"
    )
    return f"{base}{lowered(below)}{mark}"


class FormulaNode(Protocol):
    """What is used of an lxml element, which carries no types."""

    @property
    def tag(self) -> object: ...
    @property
    def text(self) -> str | None: ...
    @property
    def attrib(self) -> Mapping[str, str]: ...
    def __iter__(self) -> "Iterator[FormulaNode]": ...


def _local(node: FormulaNode) -> str:
    return re.split(r"[:}]", str(node.tag))[-1]


def _attribute(node: FormulaNode, name: str) -> str | None:
    return next(
        (str(value) for key, value in node.attrib.items() if re.split(r"[:}]", str(key))[-1] == name), None
    )


def mathml(node: FormulaNode, depth: int = 0) -> str:
    """MathML on one line.

    Args:
        depth: of the node within the formula; what is deeper than any formula is written without its marks.
    """
    children = [child for child in node if isinstance(child.tag, str)]
    tag = _local(node)
    own = " ".join((node.text or "").split())
    if depth > _DEEPEST or tag in ("annotation", "annotation-xml", "mphantom", "none", "mprescripts"):
        return ""
    if tag == "mo":
        return f" {own} " if own in _SPACED else f"{own} " if own in (",", ";") else own
    if tag == "semantics":
        children = children[:1]
    parts = [
        mathml(child, depth + 1).strip() if tag not in _PLAIN_MATH else mathml(child, depth + 1)
        for child in children
    ]
    write = _MATHML.get(tag)
    if write is not None and len(parts) >= write[0]:
        return write[1](parts)
    if tag == "mfenced":
        return f"{node.attrib.get('open', '(')}{', '.join(parts)}{node.attrib.get('close', ')')}"
    if tag == "mtable":
        return f"[{'; '.join(parts)}]"
    if tag in ("mtr", "mlabeledtr"):
        return ", ".join(parts)
    return re.sub(r"\s+", " ", _SIGNED.sub(r"\1\2", own + "".join(parts)))


_PLAIN_MATH = frozenset("math mrow mstyle mpadded merror semantics mtd menclose maction msqrt".split())
_Write = Callable[[Sequence[str]], str]
_MATHML: Mapping[str, tuple[int, _Write]] = {
    "msup": (2, lambda p: _scripted(p[0], above=p[1])),
    "msub": (2, lambda p: _scripted(p[0], p[1])),
    "msubsup": (3, lambda p: _scripted(p[0], p[1], p[2])),
    "munder": (2, lambda p: _scripted(p[0], p[1])),
    "mover": (2, lambda p: p[0] if p[1] in "¯→^~˙¨‾" else _scripted(p[0], above=p[1])),
    "munderover": (3, lambda p: _scripted(p[0], p[1], p[2])),
    "mfrac": (2, lambda p: _fraction(p[0], p[1])),
    "msqrt": (1, lambda p: _root("".join(p).strip())),
    "mroot": (2, lambda p: _root(p[0], p[1])),
}


def omml(node: FormulaNode, depth: int = 0) -> str:
    """The formulas of word processors (Office Math Markup Language) on one line.

    Args:
        depth: as for `mathml`.
    """
    if depth > _DEEPEST:
        return ""
    tag = _local(node)
    if tag == "t":
        return node.text or ""
    children = [child for child in node if isinstance(child.tag, str)]
    inner = [(name, child) for child in children if not (name := _local(child)).endswith("Pr")]
    said = [(name, omml(child, depth + 1)) for name, child in inner]
    parts = dict(said)
    every = "".join(text for _, text in said)
    below, above, base = parts.get("sub", parts.get("lim", "")), parts.get("sup", ""), parts.get("e", "")
    if tag in ("sSup", "sSub", "sSubSup", "limLow"):
        return _scripted(base, below, above)
    if tag == "limUpp":
        return _scripted(base, above=below)
    if tag == "f":
        return _fraction(parts.get("num", ""), parts.get("den", ""))
    if tag == "rad":
        return _root(base, parts.get("deg", ""))
    if tag == "nary":
        return f"{_scripted(_sign(node, 'chr', '∫'), below, above)} {base}"
    if tag == "d":
        signs = _sign(node, "begChr", "("), _sign(node, "endChr", ")")
        return f"{signs[0]}{_sign(node, 'sepChr', '|').join(text for _, text in said)}{signs[1]}"
    if tag == "m":
        return _rows([omml(cell, depth + 2) for cell in row] for name, row in inner if name == "mr")
    if tag == "eqArr":
        return "; ".join(text for _, text in said)
    return f"{every} " if tag == "fName" else every


def _sign(node: FormulaNode, name: str, usual: str) -> str:
    """A sign that the properties of a formula name."""
    for properties in node:
        if _local(properties).endswith("Pr"):
            for one in properties:
                if _local(one) == name:
                    return _attribute(one, "val") or ""
    return usual


_LETTERS = (
    "times=× cdot=· div=÷ pm=± mp=∓ approx=≈ sim=∼ simeq=≃ leq=≤ le=≤ geq=≥ ge=≥ neq=≠ ne=≠ ll=≪ gg=≫ equiv=≡"
    " propto=∝ infty=∞ sum=∑ prod=∏ int=∫ partial=∂ nabla=∇ to=→ rightarrow=→ leftarrow=← Rightarrow=⇒ ldots=…"
    " cdots=⋯ dots=… circ=° degree=° prime=′ in=∈ notin=∉ subset=⊂ cup=∪ cap=∩ forall=∀ exists=∃ ell=ℓ hbar=ℏ"
    " alpha=α beta=β gamma=γ delta=δ epsilon=ε varepsilon=ε zeta=ζ eta=η theta=θ iota=ι kappa=κ lambda=λ mu=μ"
    " nu=ν xi=ξ pi=π rho=ρ sigma=σ tau=τ upsilon=υ phi=φ varphi=φ chi=χ psi=ψ omega=ω Gamma=Γ Delta=Δ Theta=Θ"
    " Lambda=Λ Xi=Ξ Pi=Π Sigma=Σ Phi=Φ Psi=Ψ Omega=Ω langle=⟨ rangle=⟩"
)
_SIGNS: Mapping[str, str] = {
    **{name: sign for name, _, sign in (pair.partition("=") for pair in _LETTERS.split())},
    **dict.fromkeys(
        ("left", "right", "displaystyle", "textstyle", "limits", "nolimits", "big", "Big", "!"), ""
    ),
    **dict.fromkeys((",", ";", ":", " ", "quad", "qquad", "thinspace"), " "),
    **{sign: sign for sign in "%$&#_{}"},
    **{name: name for name in "log ln exp sin cos tan cot lim min max sup inf det dim mod gcd".split()},
}
_WORDS = frozenset("text textrm textbf textit mathrm mathit mathbf mathsf operatorname mbox ce".split())
_LATEX = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)


class _Unknown(Exception):
    """LaTeX that is not written out here."""


def latex(source: str) -> str:
    """LaTeX on one line where all its commands are known here, else as it stands."""
    tokens = [match.group() for match in _LATEX.finditer(source)]
    try:
        written, end = _latex(tokens, 0, 0)
    except _Unknown:
        return " ".join(source.split())
    return " ".join(written.split()) if end == len(tokens) else " ".join(source.split())


def _latex(tokens: Sequence[str], at: int, depth: int) -> tuple[str, int]:
    """What stands up to the end of a group, and where that is."""
    if depth > _DEEPEST:
        raise _Unknown
    said: list[str] = []
    while at < len(tokens) and tokens[at] != "}":
        if tokens[at] in "^_":
            write = raised if tokens[at] == "^" else lowered
            script, at = _argument(tokens, at + 1, depth)
            said.append("°" if script.strip() == "°" else write(script))
        else:
            text, at = _atom(tokens, at, depth)
            said.append(text)
    return "".join(said), at


def _atom(tokens: Sequence[str], at: int, depth: int) -> tuple[str, int]:
    sign = tokens[at]
    if sign == "{":
        text, end = _latex(tokens, at + 1, depth + 1)
        if end == len(tokens):
            raise _Unknown
        return text, end + 1
    if not sign.startswith("\\"):
        return " " if sign == "~" else sign, at + 1
    name = sign[1:]
    if name in _SIGNS:
        return _SIGNS[name], at + 1
    if name in _WORDS:
        return _argument(tokens, at + 1, depth)
    if name in ("frac", "dfrac", "tfrac"):
        above, at = _argument(tokens, at + 1, depth)
        below, at = _argument(tokens, at, depth)
        return _fraction(above.strip(), below.strip()), at
    if name == "sqrt" and tokens[at + 1 : at + 2] != ["["]:
        inner, at = _argument(tokens, at + 1, depth)
        return _root(inner), at
    raise _Unknown


def _argument(tokens: Sequence[str], at: int, depth: int) -> tuple[str, int]:
    """The group or the single sign that a command takes."""
    if at >= len(tokens) or tokens[at] in "}^_":
        raise _Unknown
    if tokens[at] == "{" or tokens[at].startswith("\\"):
        return _atom(tokens, at, depth + 1)
    return tokens[at], at + 1
