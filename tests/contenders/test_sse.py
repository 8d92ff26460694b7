"""The framing of server-sent events, against a plain reading of the standard."""

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contenders.sse import MAX_EVENT, Event, EventTooLarge, Parser


def parsed(chunks: Iterable[bytes]) -> list[Event]:
    parser = Parser()
    return [*(event for chunk in chunks for event in parser.feed(chunk)), *parser.close()]


def by_the_standard(stream: bytes) -> list[Event]:
    """The whole stream at once, line by line; and at its end what is left over, which the standard drops."""
    events: list[Event] = []
    data: list[bytes] = []
    name = ""
    for line in [*re.split(rb"\r\n|\n|\r", stream.removeprefix(b"\xef\xbb\xbf")), b""]:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line:
            events += [Event(b"\n".join(data), name or "message")] if data else []
            data, name = [], ""
        elif field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode("utf-8", "replace")
    return events


def parts(stream: bytes, places: Iterable[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(edges)]


ALPHABET = [
    b"data: ",
    b"data:",
    b"data",
    b"event: ",
    b"id: 1",
    b"retry: 5",
    b": x",
    b"x",
    b" ",
    b":",
    b"\xc2\x85",
]
ALPHABET += [
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\r",
    b"\r\n\r\n",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\0",
    b"{}",
]
STREAMS = st.lists(st.sampled_from(ALPHABET)).map(b"".join)
PLACES = st.lists(st.integers(0, 200))


@given(STREAMS, PLACES)
def test_any_stream_cut_anywhere_gives_the_events_of_the_standard(stream: bytes, places: list[int]) -> None:
    assert parsed(parts(stream, places)) == by_the_standard(stream)


@given(STREAMS)
def test_any_stream_cut_everywhere_gives_the_events_of_the_standard(stream: bytes) -> None:
    assert parsed(stream[place : place + 1] for place in range(len(stream))) == by_the_standard(stream)


def test_an_event_comes_out_with_its_last_byte_and_not_with_the_next_ones_first() -> None:
    parser = Parser()
    assert not list(parser.feed(b"data: 1\r\n"))
    assert list(parser.feed(b"\r")) == [Event(b"1")]
    assert not list(parser.feed(b"\n"))
    assert list(parser.feed(b"data: 2\n\n")) == [Event(b"2")]


def test_empty_chunks_change_nothing() -> None:
    assert parsed([b"", b"data: 1\r", b"", b"\n", b"", b"data: 2\n"]) == [Event(b"1\n2")]


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("size", [64, 4096, MAX_EVENT])
def test_the_longest_event_that_may_be_is_whole_in_chunks_of_any_size(size: int, end: str) -> None:
    stream = b"data: " + b"x" * (MAX_EVENT - 6) + end.encode()
    (event,) = parsed(stream[place : place + size] for place in range(0, len(stream), size))
    assert len(event.data) == MAX_EVENT - 6


@pytest.mark.parametrize("size", [64, 4096, 2 * MAX_EVENT])
@pytest.mark.parametrize("start", [b"data: ", b": ", b"data: x\n" * 10])
def test_one_byte_more_is_too_much_in_chunks_of_any_size(size: int, start: bytes) -> None:
    stream = start + b"x" * MAX_EVENT + b"\n\n"
    with pytest.raises(EventTooLarge):
        parsed(stream[place : place + size] for place in range(0, len(stream), size))


def test_an_event_of_many_small_lines_is_too_much_as_well() -> None:
    with pytest.raises(EventTooLarge):
        parsed([b"data: x\n" * 1000] * 100)
