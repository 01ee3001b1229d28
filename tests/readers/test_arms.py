"""Who sees overviews: a share of all visits, the same all through each."""

from hypothesis import given
from hypothesis import strategies as st

from clearspan.readers.arms import arm_of, pseudonym

SESSIONS = st.from_regex(r"[0-9a-f]{32}", fullmatch=True)


@given(session=SESSIONS, share=st.floats(0, 1))
def test_a_visit_in_the_holdout_stays_there_when_the_holdout_grows(session: str, share: float) -> None:
    arm = arm_of(session, share)
    if share in (0.0, 1.0):
        assert arm == ("results" if share else "overview")
    assert arm == "overview" or arm_of(session, min(1.0, share + 0.1)) == "results"


def test_the_share_is_met() -> None:
    held = sum(arm_of(f"{number:032x}", 0.1) == "results" for number in range(20_000))
    # Four standard deviations of a fair draw.
    assert abs(held - 2_000) < 4 * (20_000 * 0.1 * 0.9) ** 0.5


@given(session=SESSIONS)
def test_a_pseudonym_is_not_the_number(session: str) -> None:
    assert session not in pseudonym(session)
    assert pseudonym(session) == pseudonym(session)
