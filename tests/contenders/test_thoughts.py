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
CUTS = st.lists(st.integers(0, 60), max_size=8)


def cut_up(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def parted(pieces: list[str], *, opened: bool = False) -> tuple[str, str]:
    """Reasoning and text, as a reading takes them."""
    thoughts = Thoughts(opened=opened)
    found = [("", piece) if thoughts.over else thoughts.part(piece) for piece in pieces]
    found.append(thoughts.rest())
    return "".join(one for one, _ in found), "".join(one for _, one in found)


@settings(deadline=None, derandomize=True, max_examples=1_000)
@given(THOUGHT, ANSWER, CUTS)
def test_the_cuts_between_pieces_change_nothing(thought: str, text: str, cuts: list[int]) -> None:
    pieces = cut_up(f"{OPEN}{thought}{CLOSE}{text}", cuts)
    assert parted(pieces) == (thought, text)
    assert parted(pieces, opened=True) == (thought, text)


@settings(deadline=None, derandomize=True, max_examples=1_000)
@given(THOUGHT.filter(lambda text: not text.lstrip().startswith(OPEN)), ANSWER, CUTS)
def test_nor_where_the_chat_template_has_opened_the_tag(thought: str, text: str, cuts: list[int]) -> None:
    thinking, answer = parted(cut_up(f"{thought}{CLOSE}{text}", cuts), opened=True)
    assert (thinking.strip(), answer) == (thought.strip(), text)
    assert "".join(parted(cut_up(thought, cuts), opened=True)).strip() == thought.strip()
    assert not parted(cut_up(thought, cuts), opened=True)[1]


@pytest.mark.parametrize("text", ["", "<", "<thin", " \n", "Hello", "<b>Hello</b>", "a <think>b</think>"])
def test_a_text_that_does_not_begin_with_the_tag_is_left_alone(text: str) -> None:
    assert parted([text]) == ("", text)
    assert parted(list(text)) == ("", text)


def test_a_tag_and_nothing_else_is_no_answer() -> None:
    assert parted([OPEN]) == parted(list(OPEN)) == ("", "")


async def test_what_a_model_thinks_aloud_is_timed_and_kept_apart_from_its_answer() -> None:
    pieces = ("\n<thi", "nk>Hm", "m.</th", "ink>\n", "\n", "Hel", "lo")
    async with asking() as ask:
        told = [step for piece in pieces for step in (1.0, chunk(content=piece))]
        answer = await ask.answer(whole(*told, end=(STOP, usage(), DONE)))
    assert (answer.text, answer.reasoning) == ("Hello", "Hmm.")
    assert (answer.timing.ttft_s, answer.timing.ttfa_s) == (1.0, 6.0)


async def test_blanks_before_the_first_word_are_no_thinking() -> None:
    async with asking() as ask:
        told = [step for piece in ("\n", "Hel", "lo") for step in (1.0, chunk(content=piece))]
        answer = await ask.answer(whole(*told))
    assert answer.text == "\nHello"
    assert (answer.timing.ttft_s, answer.timing.ttfa_s, answer.timing.total_s) == (1.0, 1.0, 3.0)
    assert answer.timing.visible_speed(answer.usage) == 10


async def test_thinking_that_nobody_counted_leaves_the_speed_of_the_text_unknown() -> None:
    thinks = (1.0, chunk(reasoning_content="Hm."), 1.0, chunk(content="Hel"), 2.0, chunk(content="lo"))
    counted = usage(completion_tokens_details={"reasoning_tokens": 8})
    async with asking() as ask:
        unknown = await ask.answer(whole(*thinks))
        known = await ask.answer(whole(*thinks, end=(STOP, counted, DONE)))
    assert unknown.timing.visible_speed(unknown.usage) is None
    assert known.timing.visible_speed(known.usage) == 6


async def test_one_that_begins_inside_its_thinking_is_told_so_and_parted() -> None:
    pieces = ("Hm", "m.</thi", "nk>\n\n", "Hello")
    async with asking(thinks_first=True) as ask:
        told = [step for piece in pieces for step in (1.0, chunk(content=piece))]
        answer = await ask.answer(whole(*told))
        apart = await ask.answer(whole(chunk(reasoning_content="Hm."), chunk(content="Hello")))
        only = await ask.answer(whole(chunk(content="Hm"), chunk(content=" <")))
    assert (answer.text, answer.reasoning) == (apart.text, "Hmm.") == ("Hello", "Hmm.")
    assert (answer.timing.ttft_s, answer.timing.ttfa_s) == (1.0, 4.0)
    assert apart.reasoning == "Hm."
    assert (only.outcome, only.text, only.reasoning) == (Outcome.EMPTY, "", "Hm <")


async def test_one_that_only_thinks_has_not_answered() -> None:
    async with asking() as ask:
        answer = await ask.answer(part(chunk(content="<think>Hm, "), chunk(content="hm</"), STOP, DONE))
    assert answer.outcome is Outcome.EMPTY
    assert (answer.text, answer.reasoning) == ("", "Hm, hm</")


async def test_what_was_held_back_to_the_end_came_when_it_came() -> None:
    async with asking() as ask:
        answer = await ask.answer(whole(1.0, chunk(content="<"), 1.0))
    assert answer.text == "<"
    assert (answer.timing.ttft_s, answer.timing.ttfa_s, answer.timing.total_s) == (1.0, 1.0, 1.0)
