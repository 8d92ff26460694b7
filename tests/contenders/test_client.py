"""What the client does besides failing: tries again, waits, keeps the time, counts what it cost."""

import asyncio
import socket
from decimal import Decimal

import pytest

from bot.contenders.reading import Delta
from bot.contenders.roster import Switch
from bot.duel import Outcome
from bot.errors import SettingsError
from tests.contenders.asking import MODEL, asking, client_of, contender
from tests.contenders.cases import COST, END, HELLO, STOP, THOUGHT, error, part, whole
from tests.worlds.clock import ManualClock
from tests.worlds.provider import DONE, KEEP_ALIVE, Reply, chunk, fails, says, usage


async def test_times_are_taken_from_the_request_to_each_first_and_the_last_token() -> None:
    async with asking() as ask:
        reply = whole(1.0, THOUGHT, 2.0, HELLO, 3.0, chunk(content="!"), end=(STOP, 4.0, usage(), DONE))
        answer = await ask.answer(reply)
    assert (answer.timing.ttft_s, answer.timing.ttfa_s, answer.timing.total_s) == (1.0, 3.0, 6.0)
    assert (answer.text, answer.reasoning) == ("Hello!", "Hm.")


async def test_waiting_for_a_slot_is_not_the_providers_time() -> None:
    async with asking(limits={"concurrency": 1}) as ask:
        ask.provider.will(says("One.", after_s=50.0), says("Two.", after_s=0.5, for_s=1.0))
        one, two = await asyncio.gather(ask.client.answer("1"), ask.client.answer("2"))
    assert (one.timing.ttft_s, two.timing.ttft_s, two.timing.total_s) == (50.0, 0.5, 1.5)


async def test_one_connection_serves_one_answer_after_the_other() -> None:
    async with asking() as ask:
        for reply in (whole(HELLO), part(HELLO, *END), fails(500, b"{}"), whole(HELLO)):
            await ask.answer(reply, whole(HELLO))
        assert ask.provider.connections == 1


async def test_the_time_for_a_whole_answer_holds_across_tries() -> None:
    async with asking(limits={"first_token_s": 100, "total_s": 150}) as ask:
        answer = await ask.answer(Reply(before=(101.0,), hang=True), part(HELLO, 52.0, hang=True))
    assert answer.outcome is Outcome.TIMEOUT
    assert answer.text == "Hello"
    assert answer.attempts == 2
    assert "not finished within 150 s" in answer.detail


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("7", 7, 7.5), ("0", 0, 0.5), ("Tue, 24 Nov 2026 12:00:07 GMT", 7, 7.5), (None, 0.5, 1), ("-1", 0.5, 1)],
)
async def test_it_waits_as_long_as_it_is_told_and_a_little(
    header: str | None, least: float, most: float
) -> None:
    async with asking() as ask:
        named = {} if header is None else {"retry_after": header}
        answer = await ask.answer(fails(429, b"", **named), whole(HELLO))
        assert least <= ask.clock.monotonic() <= most
    assert answer.outcome is Outcome.OK
    assert answer.timing.ttft_s == 0.0


async def test_it_does_not_wait_past_the_time_for_the_whole_answer() -> None:
    async with asking() as ask:
        answer = await ask.answer(fails(503, b"", retry_after="299"), fails(503, b"", retry_after="299"))
        assert ask.clock.monotonic() < 300
    assert answer.attempts == 2
    assert "try again after 4m59s, as it asks" in answer.detail


async def test_refused_parameters_are_dropped_together_and_left_out_from_then_on() -> None:
    async with asking() as ask:
        words = "Extra parameters ['stream_options', 'thinking'] are not allowed"
        answer = await ask.answer(fails(400, error("", words)), whole(HELLO))
        first, second = ask.provider.requests
        assert {*first.body} - {*second.body} == {"stream_options", "thinking"}
        assert second.body["max_tokens"] == first.body["max_tokens"]
        assert answer.attempts == 2
        again = await ask.answer(whole(HELLO))
        (third,) = ask.provider.requests
    assert again.attempts == 1
    assert third.body == second.body


async def test_a_limit_of_thinking_is_sent_even_where_it_is_refused() -> None:
    switch = Switch(on={"enable_thinking": True}, budget="thinking_budget")
    async with asking(thinking=True, switch=switch) as ask:
        answer = await ask.answer(
            fails(400, error("", "Extra parameters ['thinking_budget'] are not allowed"))
        )
    assert answer.outcome is Outcome.CONFIGURATION
    assert "thinking_budget" in answer.detail


async def test_another_model_than_the_one_asked_for_is_recorded_and_flagged() -> None:
    async with asking() as ask:
        same = await ask.answer(whole(HELLO))
        other = await ask.answer(whole(chunk("another-model", content="Hello")))
        unsaid = await ask.answer(whole(b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n', end=(DONE,)))
    assert (same.asked_model, same.reported_model, same.other_model) == (MODEL, MODEL, None)
    assert other.asked_model == MODEL
    assert unsaid.other_model is None


@pytest.mark.parametrize(
    ("reported", "same"),
    [
        ("TEST-model", True),
        ("test-model-2026-11-01", True),
        ("test-model-20261101", True),
        ("test-model-1101", True),
        ("test-model-lite", False),
        ("test-model.2", False),
        ("test", False),
        ("-2026", False),
    ],
)
async def test_a_dated_name_of_the_same_model_is_no_other(reported: str, same: bool) -> None:
    async with asking() as ask:
        answer = await ask.answer(whole(chunk(reported, content="Hello"), end=(DONE,)))
    assert answer.reported_model == reported
    assert answer.other_model == (None if same else reported)


async def test_the_model_that_is_reported_last_is_the_one_that_answered() -> None:
    async with asking() as ask:
        answer = await ask.answer(part(HELLO, chunk("another-model", finish="stop"), DONE))
    assert answer.other_model == answer.reported_model == "another-model"


async def test_tries_that_reported_usage_are_paid_for_and_the_others_are_not() -> None:
    busy = part(
        usage(100, 0, prompt_tokens_details={"cached_tokens": 0}),
        chunk(finish="insufficient_system_resource"),
    )
    async with asking() as ask:
        answer = await ask.answer(busy, fails(503), whole(HELLO))
        assert answer.bill.usd == COST + Decimal("0.0002")
        assert (answer.usage.input_tokens, answer.usage.output_tokens) == (110, 20)
        given_up = await ask.answer(busy, fails(401))
        assert given_up.bill.usd == Decimal("0.0002")
        unknown = await ask.answer(busy, part(HELLO, STOP, DONE))
        assert unknown.bill.usd is None
        assert unknown.usage.input_tokens is None


async def test_an_address_where_nobody_listens_is_said_to_be_wrong() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    async with client_of(contender(f"http://127.0.0.1:{port}/v1"), ManualClock()) as client:
        answer = await client.answer("why?")
    assert answer.outcome is Outcome.UNREACHABLE
    assert "could not be reached: check the address (3 tries)" in answer.detail


async def test_a_prompt_with_half_a_character_is_sent_all_the_same() -> None:
    async with asking() as ask:
        answer = await ask.answer(whole(HELLO), prompt="half \ud83d of it")
        (request,) = ask.provider.requests
    assert answer.outcome is Outcome.OK
    assert request.body["messages"][0]["content"] == "half \ufffd of it"


async def test_what_a_database_cannot_hold_does_not_get_there() -> None:
    odd = {
        "choices": [{"delta": {"content": "x"}, "finish_reason": "\0" + "f" * 99}],
        "model": "\ud800" * 200,
    }
    raw = b"data: " + repr(odd).replace("'", '"').replace("\\x00", "\\u0000").encode() + b"\n\n"
    async with asking() as ask:
        answer = await ask.answer(part(raw, usage(10**12, 20)))
    assert answer.finish_reason == "\ufffd" + "f" * 63
    assert answer.reported_model is not None
    assert len(answer.reported_model) <= 128
    assert answer.usage.input_tokens is None
    assert answer.usage.output_tokens == 20


async def test_keep_alives_do_not_count_as_a_token() -> None:
    async with asking(limits={"first_token_s": 100}) as ask:
        answer = await ask.answer(part(*(KEEP_ALIVE, 30.0) * 3, HELLO, 59.0, HELLO, *END))
    assert answer.outcome is Outcome.OK
    assert answer.timing.ttft_s == 90.0


@pytest.mark.parametrize("key", ["", "two words", "naïve", "new\nline"])
async def test_a_key_that_can_be_none_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="TESTED_API_KEY") as caught:
        client_of(contender("http://127.0.0.1:1/v1"), ManualClock(), key=key)
    assert not key or key not in str(caught.value)


async def test_white_space_around_a_key_is_not_sent() -> None:
    async with asking(key=" sk-tested\n") as ask:
        await ask.answer(whole(HELLO))
        (request,) = ask.provider.requests
    assert request.headers["authorization"] == "Bearer sk-tested"


@pytest.mark.parametrize("pieces", [("Hel", "lo"), ("\n", "<thi"), ("<",), ("<think>a</think>", "b<")])
async def test_who_watches_gets_every_piece_of_the_text(pieces: tuple[str, ...]) -> None:
    seen: list[Delta] = []
    async with asking() as ask:
        ask.provider.will(whole(*(chunk(content=piece) for piece in pieces)))
        answer = await ask.client.answer("why?", seen.append)
    assert "".join(delta.text for delta in seen) == answer.text
    assert "".join(delta.reasoning for delta in seen) == answer.reasoning
