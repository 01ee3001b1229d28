"""What a conversation asks of the library."""

from clearspan.overview.follow_up import Turn
from clearspan.server.openai.conversation import LibraryQuestion, question_of
from clearspan.server.openai.messages import ChatMessage


def asked(*messages: tuple[str, str | None]) -> LibraryQuestion | None:
    return question_of(
        [ChatMessage.model_validate({"role": role, "content": text}) for role, text in messages]
    )


def test_one_message_is_the_question_and_nothing_came_before() -> None:
    assert asked(("system", "Be kind."), ("user", "What is 6 * 7?")) == LibraryQuestion("What is 6 * 7?", ())
    assert asked(("system", "Be kind.")) is None


def test_each_turn_is_a_question_that_stands_alone_with_its_reply() -> None:
    found = asked(
        ("user", "When did the Golden Gate Bridge open?"),
        ("assistant", None),
        ("tool", "ok"),
        ("assistant", "In 1937."),
        ("user", "How tall is it?"),
        ("user", "And its length?"),
    )
    assert found == LibraryQuestion(
        "And its length?",
        (
            Turn("When did the Golden Gate Bridge open?", "In 1937."),
            Turn("How tall is the Golden Gate Bridge?"),
        ),
    )


def test_a_long_conversation_is_read_from_its_last_turns() -> None:
    found = asked(*[("user", f"What is {number}?") for number in range(40)])
    assert found
    assert found.text == "What is 39?"
    assert [turn.question for turn in found.before] == [f"What is {number}?" for number in range(31, 39)]
