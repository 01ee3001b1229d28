"""What a conversation asks of the library: its last question, and the turns that it goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from clearspan.overview.follow_up import Turn, standalone
from clearspan.server.openai.messages import ChatMessage

_TURNS = 8
"""Turns that a follow-up is read against; who asks about more than these says what it is about."""


_LONGEST_TURN = 2_000
"""Characters of an earlier turn that are read: what it is about is said early."""


@dataclass(frozen=True, slots=True)
class LibraryQuestion:
    """The last user message, and the turns before it, each question as it could be asked alone."""

    text: str
    before: tuple[Turn, ...]


def question_of(messages: Sequence[ChatMessage]) -> LibraryQuestion | None:
    """What is asked last; None where no user says anything."""
    places = [number for number, message in enumerate(messages) if message.role == "user"]
    if not places:
        return None
    turns: list[Turn] = []
    for place, following in pairwise(places[-_TURNS - 1 :]):
        between = messages[place + 1 : following]
        reply = " ".join(message.text() for message in between if message.role == "assistant")
        asked = messages[place].text()[:_LONGEST_TURN]
        turns.append(Turn(standalone(asked, turns), reply.strip()[:_LONGEST_TURN]))
    return LibraryQuestion(messages[places[-1]].text(), tuple(turns))
