"""Models' Markdown, made safe and cut: nothing refused, lost, reordered or live."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from handlers.cards.markdown import safe, split
from handlers.cards.text import mrkdwn, shorten

LIMIT = 200

words = st.sampled_from(
    [
        "word",
        "字" * 5,
        "שלום",
        "🅰️",
        "<!channel>",
        "<@U1>",
        "&lt;",
        "&",
        "a < b",
        "![x](http://e.x/p)",
        "x" * 90,
    ]
)
paragraphs = st.lists(words, min_size=1, max_size=30).map(" ".join)
fences = st.tuples(st.sampled_from(["```", "~~~~", "```python"]), st.lists(words, max_size=30)).map(
    lambda made: "\n".join([made[0], *made[1], re.match(r"[`~]+", made[0]).group()])  # type: ignore[union-attr]
)
lists = st.lists(words, min_size=1, max_size=20).map(lambda items: "\n".join(f"- {item}" for item in items))
tables = st.integers(1, 40).map(
    lambda rows: "| a | b |\n|---|---|\n" + "\n".join(f"| {n} | x |" for n in range(rows))
)
documents = st.lists(st.one_of(paragraphs, fences, lists, tables, st.text(max_size=300)), max_size=6).map(
    "\n\n".join
)


def _letters(text: str) -> str:
    """What must survive a cut: everything but white space, fences and table heads, which are repeated."""
    return re.sub(r"\s|[`~]{3,}\w*|\| a \| b \||\|---\|---\|", "", text)


@given(documents)
def test_pieces_keep_the_limit_and_lose_nothing(text: str) -> None:
    pieces = split(safe(text), LIMIT)
    assert all(len(piece) <= LIMIT for piece in pieces)
    assert _letters("\n\n".join(pieces)) == _letters(safe(text))


@given(documents)
def test_nothing_in_safe_text_is_live(text: str) -> None:
    made = safe(text)
    assert "<" not in made
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(made)
    assert not [child for token in tokens for child in token.children or () if child.type == "image"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b && c", "a &lt; b && c"),
        ("an &lt; as text", "an &amp;lt; as text"),
        ("`vec![1]`", "`vec![1]`"),
        ("```\nvec![1]\n```", "```\nvec![1]\n```"),
        ("see ![p](http://e.x/?q=secret)", "see !\u2060[p](http://e.x/?q=secret)"),
        ("bell\x07\r\nnext", "bell\ufffd\nnext"),
    ],
)
def test_safe_text_reads_like_the_original(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_a_fence_cut_in_two_is_closed_and_opened_again() -> None:
    code = "\n".join(f"line {number}" for number in range(60))
    pieces = split(f"```python\n{code}\n```", LIMIT)
    assert len(pieces) > 1
    assert all(piece.startswith("```python\n") and piece.endswith("\n```") for piece in pieces)
    assert "\n".join(piece.removeprefix("```python\n").removesuffix("\n```") for piece in pieces) == code


@pytest.mark.parametrize("margin", ["   ", "> ", "- "])
def test_a_fence_in_a_list_or_a_quote_is_closed_at_a_cut_as_well(margin: str) -> None:
    inner = margin.replace("-", " ")
    code = "\n".join(f"{inner}line {number}" for number in range(60))
    pieces = split(f"1. Run this:\n\n{margin}```python\n{code}\n{inner}```\n\n2. Done.", LIMIT)
    assert len(pieces) > 2
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    assert all(len(piece) <= LIMIT for piece in pieces)
    assert [f"line {number}" in "\n".join(pieces) for number in range(60)] == [True] * 60


def test_a_very_long_text_is_cut_without_being_parsed_and_nothing_in_it_is_live() -> None:
    text = "![" * 30_000 + "\n" + "<!channel>\n" * 1000
    pieces = split(safe(text), 9000)
    assert "".join("".join(pieces).split()) == "".join(safe(text).split())
    assert "![" not in safe(text)
    assert "<" not in safe(text)


def test_a_table_cut_in_two_has_its_head_in_each_part() -> None:
    rows = "\n".join(f"| {number} | x |" for number in range(60))
    pieces = split(f"| a | b |\n|---|---|\n{rows}", LIMIT)
    assert len(pieces) > 1
    assert all(piece.startswith("| a | b |\n|---|---|\n") for piece in pieces)


def test_a_fence_that_was_never_closed_is_closed() -> None:
    assert split("```\ncode", LIMIT) == ["```\ncode\n```"]


def test_slacks_own_markup_has_no_live_character_left() -> None:
    assert mrkdwn("<!here> & <@U1>") == "&lt;!here&gt; &amp; &lt;@U1&gt;"


def test_a_short_form_is_one_line_with_an_ellipsis() -> None:
    assert shorten("one\ntwo  three", 9) == "one two…"
