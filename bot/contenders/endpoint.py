"""How a contender's request is addressed, authenticated and put, and how its stream is framed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol
from urllib.parse import quote

from pydantic import SecretStr

from bot.contenders import converse, sse
from bot.contenders.roster import Contender
from bot.contenders.said import Said
from bot.contenders.sse import Event


class Parser(Protocol):
    """Feed it chunks, cut anywhere; it gives back the events that they complete."""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Take one chunk. Raises `EventTooLarge`."""

    def close(self) -> Iterator[Event]:
        """The stream has ended."""


@dataclass(frozen=True)
class Dialect:
    """One form of request and stream."""

    media_type: str
    """Of a stream; anything else is an error."""
    body: Callable[[Contender, Said, str | None], dict[str, Any]]
    """Contender, what it is told, hash of the asker → the request's body."""
    parser: Callable[[], Parser]
    package: str | None = None
    """What must be installed besides, and the extra that brings it."""
    extra: str | None = None


def url(contender: Contender) -> str:
    """Where the request goes."""
    return contender.base_url + contender.path.replace("{model}", quote(contender.model, safe=""))


def headers(contender: Contender, key: SecretStr | None) -> dict[str, str]:
    """What goes with the request, the key included."""
    accept = {"accept": DIALECTS[contender.dialect].media_type, "accept-encoding": "identity"}
    if key is None:
        return accept
    if contender.auth == "api-key":
        return {**accept, "api-key": key.get_secret_value()}
    return {**accept, "authorization": f"Bearer {key.get_secret_value()}"}


def droppable(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Parameters that a call can do without, should the provider refuse them."""
    return tuple(
        name for name in body if name not in ("model", "messages", "system", "stream", "inferenceConfig")
    )


def missing_extra(contender: Contender) -> str | None:
    """The extra that must be installed before this contender can be called."""
    dialect = DIALECTS[contender.dialect]
    return dialect.extra if dialect.package is not None and find_spec(dialect.package) is None else None


def chat_body(contender: Contender, said: Said, asker: str | None) -> dict[str, Any]:
    """A request in OpenAI's form. Thinking has its own budget, so that the answer's limit stays the same."""
    system = [] if said.system is None else [{"role": "system", "content": said.system}]
    body: dict[str, Any] = {
        "model": contender.model,
        "messages": [*system, *({"role": role, "content": text} for role, text in said.turns)],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": contender.limits.max_tokens,
    }
    if contender.thinking is False:
        body |= contender.switch.off
    elif contender.thinking:
        budget = contender.switch.budget
        body |= contender.switch.on
        body[budget] = body.get(budget, 0) + contender.thinking_budget
    if contender.asker is not None and asker is not None:
        body[contender.asker] = asker
    return body | dict(contender.extra_body)


DIALECTS: Mapping[str, Dialect] = {
    "openai": Dialect("text/event-stream", chat_body, sse.Parser),
    "converse": Dialect(converse.MEDIA_TYPE, converse.body, converse.Decoder, "botocore", "bedrock"),
}
