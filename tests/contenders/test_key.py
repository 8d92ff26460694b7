"""The key, planted as a canary, is seen by the provider and by nobody else."""

import asyncio
import logging
import traceback
from urllib.parse import quote

import pytest

from bot.contenders.masking import mask
from bot.contenders.reading import Delta
from tests.contenders.asking import KEY, asking, contender
from tests.contenders.cases import HELLO, STOP, error, part, whole
from tests.worlds.provider import Reply, chunk, fails, sse

ECHOES = {
    "whole": KEY,
    "with its scheme": f"Bearer {KEY}",
    "in quotes": f'"{KEY}"',
    "url-encoded": quote(f"Bearer {KEY}"),
    "in capitals": KEY.upper(),
    "its beginning": f"{KEY[:12]}…",
    "its middle": f"…{KEY[6:18]}…",
    "blotted out in the middle": f"{KEY[:5]}***********{KEY[-4:]}",
    "but for its end": f"****{KEY[-4:]}",
    "another one that looks like a key": "sk-proj-1234567890",
}


def traces(text: str) -> list[str]:
    """Four characters of the key in a row, or more, where they stand in the text."""
    parts = {KEY[start : start + 4] for start in range(len(KEY) - 3)} - {"cana", "anar", "nary"}
    return [part for part in sorted(parts) if part in text.casefold()]


@pytest.mark.parametrize("echo", [pytest.param(echo, id=name) for name, echo in ECHOES.items()])
def test_an_echo_is_masked_and_the_rest_is_left(echo: str) -> None:
    said = mask(f"Incorrect API key provided: {echo}. Ask (risk-averse) support...", KEY)
    assert not traces(said)
    assert "1234567890" not in said
    assert said.startswith("Incorrect API key provided: ")
    assert said.endswith(" Ask (risk-averse) support...")


def test_a_short_key_is_masked_where_it_stands_whole() -> None:
    assert mask("no key tok-1 here, tok-", "tok-1") == "no key … here, tok-"


def replies(echo: str) -> dict[str, Reply]:
    """Every place where a provider can quote the key."""
    said = error("invalid_api_key", f"Incorrect API key provided: {echo}.")
    coded = {"error": {"code": echo, "type": echo, "param": echo, "message": echo}}
    return {
        "401": fails(401, said),
        "403 as text": fails(403, f"denied: {echo}".encode(), "text/plain"),
        "400 in every field": fails(400, coded),
        "422 of FastAPI": fails(422, {"detail": [{"loc": ["header", echo], "msg": f"not permitted {echo}"}]}),
        "500": fails(500, said),
        "429 with a header": fails(429, said, retry_after="1", x_key=quote(echo)),
        "200 with JSON": fails(200, {"message": echo}),
        "an error in the stream": part(HELLO, sse(said)),
        "an error in words in the stream": part(HELLO, b"event: error\ndata: " + echo.encode() + b"\n\n"),
        "the model": part(chunk(echo, content="Hello"), STOP),
        "the finish reason": part(HELLO, chunk(finish=echo)),
        "a line that is no HTTP": Reply(before=(f"{echo}\r\n\r\n".encode(),), head=False, hang=True),
        "garbled JSON": part(HELLO, f"data: {{{echo}\n\n".encode()),
    }


@pytest.mark.parametrize("auth", ["bearer", "api-key"])
@pytest.mark.parametrize("place", list(replies("")))
async def test_a_provider_that_quotes_the_key_is_not_quoted(
    place: str, auth: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with asking(auth=auth) as ask:
        for echo in ECHOES.values():
            answer = await ask.answer(replies(echo)[place])
            assert not traces(repr(answer)), echo
            assert KEY in str(ask.provider.requests[0].headers)
    assert not traces(caplog.text)


async def test_nothing_that_holds_the_key_shows_it() -> None:
    async with asking() as ask:
        for shown in (ask.client, ask.client.contender, ask.client.__dict__, vars(ask.client._wire)):
            assert KEY not in f"{shown} {shown!r}"
    assert KEY not in repr(contender("http://127.0.0.1:1/v1"))


async def test_an_exception_that_passes_through_does_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)

    def burst(_: Delta) -> None:
        raise ValueError("the caller's own")

    async with asking() as ask:
        ask.provider.will(whole(HELLO))
        with pytest.raises(ValueError, match="the caller's own") as caught:
            await ask.client.answer("why?", burst)
    assert KEY not in "".join(traceback.format_exception(caught.value)) + caplog.text
