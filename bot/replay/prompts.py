"""A file of prompts: an object of JSON on each line, all of it checked before anything is asked."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.arena import check_prompt
from bot.duel import Topic
from bot.errors import UsageError
from bot.topics import topic_named

SHOWN = 50
"""Bad lines that are told in words."""


@dataclass(frozen=True)
class Prompt:
    """One line."""

    line: int
    """From 1."""
    name: str
    """Names it for good, wherever in the file it stands."""
    text: str
    topic: Topic | None = None
    language: str | None = None
    """ISO 639-1 code."""


class BadLine(ValueError):
    """Why a line cannot be asked."""


def read(file: Path, max_prompt: int) -> list[Prompt]:
    """The prompts of a file. Raises `UsageError`, which tells every bad line with its reason."""
    found: list[Prompt] = []
    wrong: list[str] = []
    ids: dict[str, int] = {}
    same: Counter[str] = Counter()
    for line, raw in _lines(file):
        try:
            prompt, id_ = _prompt(line, raw, max_prompt)
            if id_ is not None and (first := ids.setdefault(id_, line)) != line:
                raise BadLine(f"the id “{id_}” stands in line {first} already")
        except BadLine as error:
            wrong.append(f"line {line}: {error}")
            continue
        # by what it says and not by where it stands: a file that has grown goes on where it was
        key = sha256(json.dumps([id_, prompt.text]).encode()).hexdigest()
        found.append(Prompt(line, f"{key}:{same[key]}", prompt.text, prompt.topic, prompt.language))
        same[key] += 1
    if wrong:
        more = f"\n… and {len(wrong) - SHOWN:,} more lines" if len(wrong) > SHOWN else ""
        told = "\n".join(wrong[:SHOWN])
        raise UsageError(f"{told}{more}\nNothing was asked: mend these lines in {file.name} first.")
    if not found:
        raise UsageError(
            f'{file.name} holds no prompt. Each line is one: {{"prompt": "Why is the sky blue?"}}'
        )
    return found


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as source:
        for line, raw in enumerate(source, 1):
            bare = (raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw).strip()
            if bare:
                yield line, bare


def _prompt(line: int, raw: bytes, max_prompt: int) -> tuple[Prompt, str | None]:
    try:
        row = json.loads(raw.decode())
    except UnicodeDecodeError:
        raise BadLine("this is not in UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine('this is no JSON; a line reads {"prompt": "Why is the sky blue?"}') from None
    if not isinstance(row, dict):
        raise BadLine('this is no object; a line reads {"prompt": "Why is the sky blue?"}')
    text, topic, language = (_words(row, name) for name in ("prompt", "topic", "language"))
    if text is None:
        raise BadLine("prompt is missing")
    try:
        return (
            Prompt(
                line,
                "",
                check_prompt(text, max_prompt),
                None if topic is None else topic_named(topic),
                _language(language),
            ),
            _id(row.get("id")),
        )
    except UsageError as error:
        raise BadLine(str(error)) from None


def _words(row: dict[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise BadLine(f"{name} is no text")
    return value or None


def _id(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadLine("id is neither a text nor a whole number")
    return str(value)


def _language(code: str | None) -> str | None:
    if code is not None and not re.fullmatch(r"[a-z]{2,3}", code):
        raise BadLine(f"language: “{code[:20]}” is no code like de or en")
    return code
