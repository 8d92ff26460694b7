"""Keeps an API key out of words that providers send back: some quote the key that they refuse."""

import re
from urllib.parse import unquote_plus

SHARED = 8
"""So many characters in a row of the key are an echo of it."""
_WORD = re.compile(r"[^\s\"'`“”,;:=(){}\[\]<>]+")
_LOOKS_LIKE_A_KEY = re.compile(r"(?<![A-Za-z0-9])sk-[\w*.…-]{4,}")
_BLOTTED = re.compile(r"[*•…]|\.{3}|[xX]{4}")


def mask(said: str, key: str | None) -> str:
    """What was said, with `…` for every word that repeats the key: whole, in part, or half blotted out."""
    if key is not None and len(key) < SHARED:
        said = said.replace(key, "…")
    echo = _Echo(key or "")
    return _WORD.sub(lambda word: "…" if echo.is_in(word[0]) else word[0], said)


class _Echo:
    def __init__(self, key: str) -> None:
        key = key.casefold()
        self._parts = {key[start : start + SHARED] for start in range(len(key) - SHARED + 1)}
        self._ends = (key[:4], key[-4:]) if self._parts else ()

    def is_in(self, word: str) -> bool:
        if _LOOKS_LIKE_A_KEY.search(word):
            return True
        for form in {word.casefold(), unquote_plus(word).casefold()}:
            if any(form[start : start + SHARED] in self._parts for start in range(len(form) - SHARED + 1)):
                return True
            if _BLOTTED.search(form) and any(end in form for end in self._ends):
                return True
        return False
