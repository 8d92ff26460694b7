"""A model's Markdown, made safe for a `markdown` block and cut into pieces that Slack takes."""

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from handlers.cards.text import clean

MOST_PARSED = 50_000
"""Characters; a longer text is taken apart by its lines only, for parsing one takes seconds at its worst."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_BLOCKS = MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")
"""Where blocks begin and end, and nothing of what is in them: that takes four times as long."""
_INNER_FENCE = re.compile(
    r"(?P<margin>[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*[\s>]*)(?P<fence>`{3,}|~{3,})(?P<info>\S*)"
)
_ENTITY = re.compile(r"&(?=#?\w+;)")


@lru_cache(8)
def safe(text: str) -> str:
    """The same text with nothing live in it.

    Every `<` becomes an entity, in code too, for mentions would page people. Pictures are taken apart, in
    prose only (`vec![1]` is code): Slack would fetch one as soon as it is shown, and its address could carry
    away what the prompt said. Kept for a few texts: a card asks for each of its answers several times.
    """
    text = _ENTITY.sub("&amp;", clean(text)).replace("<", "&lt;")
    if len(text) > MOST_PARSED or "![" not in text:
        return text.replace("![", "!\u2060[")
    lines = text.split("\n")
    for token in _MARKDOWN.parse(text):
        if token.map and any(child.type == "image" for child in token.children or ()):
            for number in range(*token.map):
                lines[number] = lines[number].replace("![", "!\u2060[")
    return "\n".join(lines)


def split(text: str, limit: int) -> list[str]:
    """Cut Markdown into pieces of at most `limit` characters, in order, with nothing lost.

    Cuts fall between blocks where they can; a block too long for one piece is cut between its lines, and a
    fence is then closed and opened again, a table given its head again.
    """
    pieces: list[str] = []
    for block in _blocks(text, limit):
        if pieces and len(pieces[-1]) + len(block) + 2 <= limit:
            pieces[-1] += "\n\n" + block
        else:
            pieces.append(block)
    return pieces or [""]


def _blocks(text: str, limit: int) -> Iterator[str]:
    lines = text.split("\n")
    if len(text) > MOST_PARSED:
        yield from _pack(lines, limit)
        return
    done = 0
    for token in _BLOCKS.parse(text):
        if token.level or not token.map:
            continue
        start, end = token.map
        yield from _pack(lines[done:start], limit)  # what makes no block of its own: link definitions
        yield from _block(token, lines[start:end], limit)
        done = end
    yield from _pack(lines[done:], limit)


def _block(token: Token, body: list[str], limit: int) -> Iterator[str]:
    if token.type == "fence":
        closing = rf" {{0,3}}{token.markup[0]}{{{len(token.markup)},}}[ \t]*"
        closed = len(body) > 1 and re.fullmatch(closing, body[-1])
        inner, foot = (body[1:-1], body[-1].strip()) if closed else (body[1:], token.markup)
        yield from _pack(inner, limit, head=body[0], foot=foot, framed=True)
    elif token.type == "table_open":
        yield from _pack(body[2:], limit, head="\n".join(body[:2]), framed=True)
    else:
        yield from _pack(body, limit)


def _pack(
    lines: list[str], limit: int, *, head: str = "", foot: str = "", framed: bool = False
) -> Iterator[str]:
    """Lines in as few pieces as will hold them, each between `head` and `foot`; blank ends are left out.

    A fence within them, in a list or a quote, is closed at a cut as well, and opened again after it.
    """
    if not framed:
        lines = _trimmed(lines)
    if len(head) > limit // 2:
        lines, head, foot, framed = [*head.split("\n"), *lines, foot], "", "", False
    room = limit - len(head) - len(foot) - 2
    fences = [] if framed else [match for line in lines if (match := _INNER_FENCE.match(line))]
    spare = max((2 * len(match[0]) + 2 for match in fences), default=0)
    if spare > room // 2:
        fences, spare = [], 0

    def piece(held: list[str]) -> str:
        return "\n".join([*([head] if head else []), *held, *([foot] if foot else [])])

    held: list[str] = []
    again: list[str] = []  # the open fence: how it opens again, and what closes it
    size = 0
    for line in _short(lines, room - spare):
        if held and size + len(line) + 1 > room - spare:
            yield piece([*held, *again[1:]])
            held, size = again[:1], sum(len(one) + 1 for one in again[:1])
        held.append(line)
        size += len(line) + 1
        if fences and (match := _INNER_FENCE.match(line)):
            margin = re.sub(r"[^\s>]", " ", match["margin"])
            again = [] if again else [margin + match["fence"] + match["info"], margin + match["fence"]]
    if held or framed:
        yield piece(held)


def _trimmed(lines: list[str]) -> list[str]:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _short(lines: list[str], room: int) -> Iterator[str]:
    """The lines; one that is too long is cut, at a space where there is one, and through no entity."""
    for whole in lines:
        line = whole
        while len(line) > room:
            at = line.rfind(" ", room // 2, room) + 1 or room
            entity = re.search(r"&#?\w*$", line[max(at - 8, 1) : at])
            at -= len(entity.group()) if entity else 0
            yield line[:at]
            line = line[at:]
        yield line
