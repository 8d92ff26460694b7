"""Reasoning in tags within the text: counted as reasoning, shown as no answer, wherever it is cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contenders.thoughts import CLOSE, OPEN, Thoughts
from bot.duel import Outcome
from tests.contenders.asking import asking
from tests.contenders.cases import STOP, part, whole
from tests.worlds.provider import DONE, chunk, usage

PLAIN = st.text(alphabet="<>/think \nab", max_size=20)
THOUGHT = PLAIN.filter(lambda text: CLOSE not in text)
ANSWER = PLAIN.filter(lambda text: text == text.lstrip())


def parted(pieces: list[str]) -> tuple[str, str]:
    """Reasoning and text, as a reading takes them."""
    thoughts = Thoughts()
    found = [("", piece) if thoughts.over else thoughts.part(piece) for piece in pieces]
    found.append(thoughts.rest())
    return "".join(one for one, _ in found), "".join(one for _, one in found)


@settings(deadline=None, derandomize=True, max_examples=1_000)
@given(THOUGHT, ANSWER, st.lists(st.integers(0, 60), max_size=8))
def test_the_cuts_between_pieces_change_nothing(thought: str, text: str, cuts: list[int]) -> None:
    whole_text = f"{OPEN}{thought}{CLOSE}{text}"
    edges = [0, *sorted(min(cut, len(whole_text)) for cut in cuts), len(whole_text)]
    pieces = [whole_text[start:end] for start, end in pairwise(edges)]
    assert parted(pieces) == (thought, text)


@pytest.mark.parametrize("text", ["", "<", "<thin", " \n", "Hello", "<b>Hello</b>", "a <think>b</think>"])
def test_a_text_that_does_not_begin_with_the_tag_is_left_alone(text: str) -> None:
    assert parted([text]) == ("", text)
    assert parted(list(text)) == ("", text)


async def test_what_a_model_thinks_aloud_is_timed_and_kept_apart_from_its_answer() -> None:
    pieces = ("\n<thi", "nk>Hm", "m.</th", "ink>\n", "\n", "Hel", "lo")
    async with asking() as ask:
        told = [step for piece in pieces for step in (1.0, chunk(content=piece))]
        answer = await ask.answer(whole(*told, end=(STOP, usage(), DONE)))
    assert (answer.text, answer.reasoning) == ("Hello", "Hmm.")
    assert (answer.timing.ttft_s, answer.timing.ttfa_s) == (1.0, 6.0)


async def test_one_that_only_thinks_has_not_answered() -> None:
    async with asking() as ask:
        answer = await ask.answer(part(chunk(content="<think>Hm, "), chunk(content="hm</"), STOP, DONE))
    assert answer.outcome is Outcome.EMPTY
    assert (answer.text, answer.reasoning) == ("", "Hm, hm</")
