import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.features.generation.fluency import Yardstick, distinct_trigrams
from clearspan.features.generation.replies import DialledPrompt, perplexities, replies
from clearspan.features.tuning.prompts import check_prompts, tuning_prompts
from clearspan.models.serving.engine import LanguageModel


@given(st.text(max_size=200))
def test_distinct_runs_are_a_share(text: str) -> None:
    assert 0 < distinct_trigrams(text) <= 1


def test_a_text_that_goes_round_in_circles_has_few_distinct_runs() -> None:
    assert distinct_trigrams("the bridge is a bridge " * 20) < 0.1
    assert distinct_trigrams("A cat sat on the mat and looked at the rain.") == 1


@given(st.floats(0.1, 1e6), st.floats(0, 1))
def test_a_reply_is_fluent_if_it_passes_both(perplexity: float, distinct: float) -> None:
    yardstick = Yardstick(perplexity=9.0, undialled=2.0)
    judged = yardstick.judge(perplexity, distinct)
    assert judged.holds == (perplexity <= 9.0 and distinct >= yardstick.distinct)
    assert not yardstick.judge(math.inf, 1.0).holds


def test_prompts_of_a_check_are_never_those_that_doses_are_chosen_with() -> None:
    assert len(check_prompts()) == len(set(check_prompts())) == 40
    assert not set(check_prompts()) & set(tuning_prompts())
    assert not any("bridge" in one.lower() or "francisco" in one.lower() for one in check_prompts())


def test_the_yardstick_passes_language_and_not_noise(language_model: LanguageModel) -> None:
    prompts = tuning_prompts()[:6]
    written = replies(language_model, [DialledPrompt(prompt) for prompt in prompts], 24)
    yardstick = Yardstick.of(language_model, prompts, written)
    assert yardstick.undialled < yardstick.perplexity
    own = yardstick.fluencies(language_model, list(zip(prompts, written, strict=True)))
    assert sum(one.holds for one in own) >= 5
    noise = [(prompts[0], "plum of the kettle seven under quickly blue an iron because wig through nine of")]
    assert not yardstick.fluencies(language_model, noise)[0].holds
    assert perplexities(language_model, [(prompts[0], "")]) == [math.inf]


def test_a_yardstick_of_few_replies_is_refused(language_model: LanguageModel) -> None:
    with pytest.raises(BadInput, match="so few replies"):
        Yardstick.of(language_model, ["a"] * 6, ["b", "", "", "", "", ""])
