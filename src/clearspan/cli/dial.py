"""`clearspan dial`: talk to a model with features turned up, and see what it would have said without."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from clearspan.cli.options import json_option, leave_option

if TYPE_CHECKING:
    from rich.console import Console

    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel, TextStream
    from clearspan.models.text.conversation import Message
    from clearspan.models.text.sampling import SamplingOptions
    from clearspan.record import DoseVerdict
    from clearspan.settings import Settings

_HELP = """\
/dial golden-gate=0.6x   set the dials anew, commas between several
/off                     no dials
/side                    undialled and dialled side by side, or one again
/new                     forget the conversation
/quit                    leave"""


@click.command()
@click.argument("dials", nargs=-1, required=True)
@click.option("--model", help="Model reference; the settings' model by default.")
@click.option("--prompt", help="Answer this once, instead of opening a chat.")
@click.option("--compare", is_flag=True, help="Undialled and dialled side by side.")
@click.option("--max-tokens", type=click.IntRange(1, 4096), default=160, show_default=True)
@click.option("--temperature", type=click.FloatRange(0, 2), default=0.0, show_default=True)
@click.option("--seed", type=int, help="The same seed gives the same text; only above temperature 0.")
@json_option("With --prompt: print JSON.")
@leave_option
def dial(
    dials: tuple[str, ...],
    model: str | None,
    prompt: str | None,
    compare: bool,
    max_tokens: int,
    temperature: float,
    seed: int | None,
    as_json: bool,
    limit_key: str | None,
) -> None:
    """Chat under DIALS: a preset (golden-gate, golden-gate=0.6x), a feature ('#1234=2x') or a direction.

    In the chat, /help lists what can be changed while it runs.
    """
    from rich.console import Console

    from clearspan import settings as configuration
    from clearspan.errors import BadInput
    from clearspan.models.inside.limits.overrides import leaving
    from clearspan.models.serving.engine import LanguageModel

    if as_json and prompt is None:
        raise BadInput("A chat cannot be printed as JSON.", do="Give a prompt: --prompt 'Who are you?'.")
    settings = configuration.load()
    reference = model or settings.model
    given = [part for text in dials for part in text.split(",") if part.strip()]
    # Read before the weights are: a misspelt dial should not wait for them.
    sampling: SamplingOptions = {"max_tokens": max_tokens, "temperature": temperature, "seed": seed}
    chat = _Chat(settings, reference, sampling, is_side=compare)
    console = Console(highlight=False)
    with leaving(limit_key, settings, "the command line"):
        chat.set(given)
        opened = LanguageModel.load(reference, settings)
    with opened, leaving(limit_key, settings, "the command line"):
        chat.hold(opened)
        if prompt is None:
            chat.talk(opened, console)
        elif as_json:
            chat.print_json(opened, prompt)
        else:
            chat.answer(opened, prompt, console)


class _Chat:
    """A conversation under dials that can be changed while it runs."""

    def __init__(
        self,
        settings: "Settings",
        reference: str,
        sampling: "SamplingOptions",
        *,
        is_side: bool,
    ) -> None:
        self._settings = settings
        self._reference = reference
        self._sampling = sampling
        self._is_side = is_side
        self._written: list[str] = []
        self._dials: list[Dial] = []
        self._model: LanguageModel | None = None
        self._dose: DoseVerdict | None = None
        self._said: list[Message] = []

    def set(self, written: Sequence[str]) -> None:
        """Set dials in place of those before.

        Raises:
            ClearspanError: as `doses.resolve` and `LanguageModel.dose`; the dials stay as they were.
        """
        from clearspan.features.doses import parse_dial, resolve

        settings = [parse_dial(one) for one in written]
        dials = resolve(settings, self._settings, self._reference)
        self._dose = self._model.dose(*dials) if self._model and dials else None
        self._dials, self._written = dials, [str(one) for one in settings]

    def hold(self, model: "LanguageModel") -> None:
        """Hold the dials against the limits of a model, now and whenever they are set.

        Raises:
            BeyondLimit: they reach farther than they may.
        """
        self._model = model
        self._dose = model.dose(*self._dials) if self._dials else None

    def talk(self, model: "LanguageModel", console: "Console") -> None:
        """Read lines and answer them until the end of input or `/quit`."""
        console.print(f"{model.reference} under {self._named}. /help lists commands.", style="dim")
        self._say_dose(console)
        while True:
            try:
                line = console.input("[bold]> [/bold]").strip()
            except (EOFError, KeyboardInterrupt):
                console.print()
                return
            if line == "/quit":
                return
            if line.startswith("/"):
                self._command(line, console)
            elif line:
                self.answer(model, line, console)

    def answer(self, model: "LanguageModel", prompt: str, console: "Console") -> None:
        """Answer one prompt after what was said before, streaming, or both ways side by side."""
        messages = self._asked(prompt)
        if self._is_side:
            undialled, reply = self._both(model, messages)
            _print_columns(console, self._named, undialled, reply)
        else:
            reply = self._streamed(model, messages, console)
        self._said = [*messages, {"role": "assistant", "content": reply}] if reply.strip() else []

    def print_json(self, model: "LanguageModel", prompt: str) -> None:
        """The dialled reply to one prompt, and the undialled one beside it where it is wanted."""
        messages = self._asked(prompt)
        sides = self._both(model, messages) if self._is_side else (None, self._reply(model, messages))
        dose = self._dose.model_dump(mode="json") if self._dose else None
        found: dict[str, object] = {"model": model.reference, "prompt": prompt, "dials": self._written}
        found |= {"dose": dose, "dialled": sides[1]}
        if sides[0] is not None:
            found["undialled"] = sides[0]
        click.echo(json.dumps(found, ensure_ascii=False))

    @property
    def _named(self) -> str:
        return ", ".join(self._written) or "no dials"

    def _asked(self, prompt: str) -> "list[Message]":
        return [*self._said, {"role": "user", "content": prompt}]

    def _command(self, line: str, console: "Console") -> None:
        from clearspan.cli.main import print_error
        from clearspan.errors import ClearspanError

        name, _, rest = line.partition(" ")
        if name == "/dial" and rest.strip():
            try:
                self.set([part for part in rest.split(",") if part.strip()])
            except ClearspanError as error:
                print_error(error)
        elif name == "/off":
            self.set([])
        elif name == "/side":
            self._is_side = not self._is_side
        elif name == "/new":
            self._said = []
        else:
            console.print(_HELP, style="dim", markup=False)
            return
        shown = "side by side, " if self._is_side else ""
        console.print(f"{shown}{self._named}", style="dim", markup=False)
        self._say_dose(console)

    def _say_dose(self, console: "Console") -> None:
        if dose := self._dose:
            console.print(
                f"Reach {dose.reach:.2f} of {dose.limit:.2f}. {dose.guard_rails}", style="dim", markup=False
            )

    def _streamed(self, model: "LanguageModel", messages: "list[Message]", console: "Console") -> str:
        pieces: list[str] = []
        with self._begin(model, messages, self._dials) as stream:
            try:
                for delta in stream:
                    pieces.append(delta.text)
                    console.out(delta.text, end="", highlight=False)
            except KeyboardInterrupt:
                # What was said so far stays; the rest is not wanted.
                stream.close()
        console.print()
        return "".join(pieces)

    def _both(self, model: "LanguageModel", messages: "list[Message]") -> tuple[str, str]:
        from functools import partial

        from clearspan.models.text.decode import finish_together

        sides = [partial(self._begin, model, messages, dials) for dials in ((), self._dials)]
        undialled, dialled = finish_together(sides, len(sides))
        return undialled.text, dialled.text

    def _reply(self, model: "LanguageModel", messages: "list[Message]") -> str:
        with self._begin(model, messages, self._dials) as stream:
            return stream.finish().text

    def _begin(
        self, model: "LanguageModel", messages: "list[Message]", dials: "Sequence[Dial]"
    ) -> "TextStream":
        return model.stream_chat(messages, dials=dials, **self._sampling)


def _print_columns(console: "Console", named: str, undialled: str, dialled: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(expand=True, show_lines=False)
    table.add_column("undialled", ratio=1)
    table.add_column(Text(named), ratio=1)
    table.add_row(Text(undialled.strip()), Text(dialled.strip()))
    console.print(table)
