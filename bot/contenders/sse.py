"""Server-sent events out of raw bytes, as the HTML standard frames them.

Bytes, not lines of text: `str.splitlines` also breaks at U+2028 and U+0085, which JSON may hold as they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_EVENT = 1 << 20
"""Bytes of one event, unfinished ones included, before the stream is given up."""
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")


class EventTooLarge(ValueError):
    """One event grew past `MAX_EVENT`."""


@dataclass(frozen=True)
class Event:
    """One event that carried data."""

    data: bytes
    name: str = "message"


class Parser:
    """Feed it chunks, cut anywhere; it gives back the events that they complete."""

    def __init__(self) -> None:
        self._buffer = b""
        self._started = False
        self._data: list[bytes] = []
        self._name = ""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Take one chunk. Raises `EventTooLarge`."""
        self._buffer += chunk
        if not self._started:
            if len(self._buffer) < len(_BOM) and _BOM.startswith(self._buffer):
                return
            self._buffer = self._buffer.removeprefix(_BOM)
            self._started = True
        start = 0
        for end in _LINE_END.finditer(self._buffer):
            if end.group() == b"\r" and end.end() == len(self._buffer):
                break  # its line feed may be the next chunk's first byte
            if event := self._line(self._buffer[start : end.start()]):
                yield event
            start = end.end()
        self._buffer = self._buffer[start:]
        if len(self._buffer) + sum(map(len, self._data)) > MAX_EVENT:
            raise EventTooLarge

    def close(self) -> Iterator[Event]:
        """The stream has ended: an event that lacks its empty line still counts, some servers forget it."""
        for line in (self._buffer.removesuffix(b"\r"), b""):
            if event := self._line(line):
                yield event
        self._buffer = b""

    def _line(self, line: bytes) -> Event | None:
        if not line:
            event = Event(b"\n".join(self._data), self._name or "message") if self._data else None
            self._data, self._name = [], ""
            return event
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        return None
