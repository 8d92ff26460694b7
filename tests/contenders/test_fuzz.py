"""Streams that a fuzzer makes up: the text is that of a plain decode, and nothing but our own comes out."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contenders.reading import Failure, Reading
from bot.contenders.sse import EventTooLarge, Parser
from bot.duel import Outcome
from tests.contenders.asking import asking
from tests.contenders.streams import Said, streams
from tests.contenders.test_sse import PLACES, parts
from tests.worlds.provider import Reply

NORMAL = settings(max_examples=300, deadline=None, derandomize=True)


def read(chunks: Iterable[bytes]) -> tuple[Reading, Failure | None]:
    """As the client does, but without a wire."""
    reading, parser = Reading(sent=0.0), Parser()
    try:
        for chunk in chunks:
            for event in parser.feed(chunk):
                reading.take(event, 1.0)
        for event in parser.close():
            reading.take(event, 1.0)
    except Failure as failure:
        reading.close()
        return reading, failure
    reading.close()
    return reading, None


def check(said: Said) -> None:
    reading, failure = read(said.chunks)
    assert str(reading.text) == said.text
    assert str(reading.reasoning) == said.reasoning
    assert reading.finish_reason == said.finish
    assert reading.usage.output_tokens == (said.usage or {}).get("completion_tokens")
    assert (failure is not None) >= (said.end in ("error", "garbled"))
    if said.end not in ("error", "garbled", "cut"):
        verdict = reading.verdict()
        assert failure is None
        assert (verdict is None) == (said.outcome in (Outcome.OK, Outcome.CUT_OFF))


def break_and_check(stream: bytes, junk: bytes, place: int, places: list[int]) -> None:
    """Whatever is in the bytes, what comes out is a reading, our own failure, or `EventTooLarge`."""
    place %= len(stream) + 1
    broken = stream[:place] + junk + stream[place:]
    try:
        one, _ = read(parts(broken, places))
        other, _ = read([broken])
    except EventTooLarge:
        return
    for reading in (one, other):
        str(reading.text).encode()
        reading.verdict()
        reading.timing(2.0)
    assert str(one.text) == str(other.text)


BROKEN = (streams().map(lambda said: said.raw), st.binary(max_size=30), st.integers(0, 2000), PLACES)


@NORMAL
@given(streams())
def test_a_stream_reads_as_a_plain_decode(said: Said) -> None:
    check(said)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(NORMAL, max_examples=10_000)
@given(streams())
def test_ten_thousand_streams_read_as_a_plain_decode(said: Said) -> None:
    check(said)


@NORMAL
@given(*BROKEN)
def test_broken_bytes_break_nothing_else(stream: bytes, junk: bytes, place: int, places: list[int]) -> None:
    break_and_check(stream, junk, place, places)


@pytest.mark.slow
@settings(NORMAL, max_examples=2000)
@given(*BROKEN)
def test_two_thousand_broken_streams_break_nothing_else(
    stream: bytes, junk: bytes, place: int, places: list[int]
) -> None:
    break_and_check(stream, junk, place, places)


def through_the_client(examples: int) -> None:
    """One client for all examples: a slot that is lost would stop it, for it has only one."""
    with asyncio.Runner() as runner:
        world = asking(limits={"concurrency": 1})
        ask = runner.run(world.__aenter__())

        @settings(NORMAL, max_examples=examples)
        @given(streams(), st.booleans())
        def heard(said: Said, reset: bool) -> None:
            answer = runner.run(ask.answer(Reply(tuple(said.chunks), reset=reset)))
            assert answer.text == said.text
            assert answer.reasoning == said.reasoning
            if not reset:
                assert answer.outcome is said.outcome

        heard()
        runner.run(world.__aexit__(None, None, None))


def test_a_stream_on_the_wire_is_the_answer_that_it_says() -> None:
    through_the_client(60)


@pytest.mark.slow
def test_five_hundred_streams_on_the_wire_are_the_answers_that_they_say() -> None:
    through_the_client(500)
