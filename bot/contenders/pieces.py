"""Text from outside made sound: no half characters, whole again where it was cut through one."""

import re

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_ODD = re.compile("[\ud800-\udfff\0]")


def sound(text: str) -> str:
    """The text with U+FFFD for what UTF-8 or a database cannot hold: lone surrogates, and NUL."""
    return text if text.isascii() and "\0" not in text else _ODD.sub("\ufffd", _PAIR.sub(_joined, text))


class Pieces:
    """A text that comes in pieces. JSON may escape one character as two halves, in two pieces."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._half = ""

    def add(self, piece: str) -> str:
        """Take a piece, and give back what can be shown of it now: half a character waits for the other."""
        if self._half or not piece.isascii():
            piece = self._mend(piece)
        self._pieces.append(piece)
        return piece

    def _mend(self, piece: str) -> str:
        piece, self._half = self._half + piece, ""
        if "\ud800" <= piece[-1:] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return _HALF.sub("\ufffd", _PAIR.sub(_joined, piece))

    def __str__(self) -> str:
        return "".join(self._pieces) + ("\ufffd" if self._half else "")


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
