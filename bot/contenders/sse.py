"""Server-sent events out of raw bytes, as the HTML standard frames them.

Bytes, not lines of text: `str.splitlines` also breaks at U+2028 and U+0085, which JSON may hold as they are.
"""

from collections.abc import Iterator
from typing import NamedTuple

MAX_EVENT = 1 << 19
"""Bytes of one event, unfinished ones included, before the stream is given up."""
_BOM = b"\xef\xbb\xbf"


class EventTooLarge(ValueError):
    """One event grew past `MAX_EVENT`."""


class Event(NamedTuple):
    """One event that carried data."""

    data: bytes
    name: str = "message"


class Parser:
    """Feed it chunks, cut anywhere; it gives back the events that they complete.

    Each byte is looked at once, however small the chunks: what is unfinished waits in pieces.
    """

    def __init__(self) -> None:
        self._start: bytes | None = b""  # of the stream, until it is known whether it is a byte order mark
        self._line: list[bytes] = []  # the pieces of the unfinished line
        self._waiting = 0  # bytes of those
        self._after_cr = False  # a line feed that comes next belongs to the line end before
        self._data: list[bytes] = []
        self._size = 0  # bytes of those
        self._name = ""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Take one chunk. Raises `EventTooLarge`."""
        if self._start is not None or self._after_cr or b"\r" in chunk:
            chunk = self._plain(chunk)
        lines = chunk.split(b"\n")
        rest = lines.pop()
        for line in lines:
            if self._waiting:
                line = self._whole(line)  # noqa: PLW2901 - only the first line has its beginning elsewhere
            if line:
                self._field(line)
            elif event := self._event():
                yield event
        if rest:
            self._line.append(rest)
            self._waiting += len(rest)
            if self._size + self._waiting > MAX_EVENT:
                raise EventTooLarge

    def close(self) -> Iterator[Event]:
        """The stream has ended: an event that lacks its empty line still counts, some servers forget it."""
        if line := (self._start or b"") + self._whole(b""):
            self._field(line)
        if event := self._event():
            yield event

    def _plain(self, chunk: bytes) -> bytes:
        """Without a byte order mark at the start, and with every line end as a line feed.

        A CR ends its line at once, so that no event waits for a line feed that may never come.
        """
        if self._start is not None:
            chunk = self._start + chunk
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._start = chunk
                return b""
            self._start = None
            chunk = chunk.removeprefix(_BOM)
        if chunk:
            if self._after_cr:
                chunk = chunk.removeprefix(b"\n")
            self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _whole(self, end: bytes) -> bytes:
        """The line that was waiting for its end."""
        line = b"".join((*self._line, end))
        self._line.clear()
        self._waiting = 0
        return line

    def _field(self, line: bytes) -> None:
        if self._size + len(line) > MAX_EVENT:
            raise EventTooLarge
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(line)
        elif field == b"event":
            self._name = value.removeprefix(b" ").decode("utf-8", "replace")

    def _event(self) -> Event | None:
        event = Event(b"\n".join(self._data), self._name or "message") if self._data else None
        self._data.clear()
        self._size, self._name = 0, ""
        return event
