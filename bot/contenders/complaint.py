"""An error as a provider puts it: the shapes that it comes in, and the parameters that it names."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bot.contenders.pieces import sound

MAX_MESSAGE = 4096
"""Characters of a message that are looked at."""
_REFUSES = re.compile(
    r"\b(extra|unsupported|unrecognized|unknown|unexpected|not (allowed|permitted|supported))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"['\"`‘“]([A-Za-z_][\w.\[\]-]*)['\"`’”]")


@dataclass(frozen=True)
class Complaint:
    """What a provider says is wrong."""

    code: str = ""
    message: str = ""
    kind: str = ""
    """Its `type`, which says less than the code."""
    parameter: str = ""
    """The parameter that it is about, if it names one; dots lead inside."""

    def refused(self, droppable: Collection[str]) -> list[str]:
        """The parameters of ours that it will not take, of those that we can do without.

        A name apart or in quotes goes before one that merely occurs in the text.
        """
        if not _REFUSES.search(f"{self.code.replace('_', ' ')} {self.message}"):
            return []
        named = [_top(name) for name in (self.parameter, *_QUOTED.findall(self.message))]
        if found := [name for name in droppable if name in named]:
            return found
        return [name for name in droppable if re.search(rf"\b{re.escape(name)}\b", self.message)]


def complaint(body: Any) -> Complaint | None:
    """Read an error out of a JSON body, in whichever of the usual shapes; `None` if it is none."""
    if not isinstance(body, dict):
        return None
    inner = body.get("error") or body
    if isinstance(inner, str):
        return Complaint(message=_text(inner))
    if not isinstance(inner, dict):
        return None
    message, parameter = _message(inner)
    said = Complaint(
        code=_text(inner.get("code")),
        message=message,
        kind=_text(inner.get("type")),
        parameter=_text(inner.get("param")) or parameter,
    )
    return said if inner is not body or said.code or said.message else None


def complaint_in(body: bytes) -> Complaint:
    """The complaint in an error's body; an empty one where the body is no JSON (an HTML page, say)."""
    try:
        return complaint(json.loads(body)) or Complaint()
    except (ValueError, RecursionError):
        return Complaint()


def _message(inner: dict[str, Any]) -> tuple[str, str]:
    """Its message, and the parameter that it names: FastAPI's `detail` lists a place and a message each."""
    if message := _text(inner.get("message")):
        return message, ""
    detail = inner.get("detail")
    first = detail[0] if isinstance(detail, list) and detail else None
    if not isinstance(first, dict):
        return _text(detail), ""
    place = first.get("loc")
    names = [str(part) for part in place if part != "body"] if isinstance(place, list) else []
    return f"{_text(first.get('msg'))}: {'.'.join(names)}", ".".join(names)


def _text(value: object) -> str:
    return sound(str(value)[:MAX_MESSAGE]) if isinstance(value, str | int) and value else ""


def _top(name: str) -> str:
    return re.split(r"[.\[]", name, maxsplit=1)[0]
