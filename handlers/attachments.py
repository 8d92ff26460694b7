"""Text files and snippets as part of a prompt: fetched from Slack within limits, and read."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from bot.errors import StageAway, UsageError
from bot.letters import Attachment
from bot.words import figure, kept, say
from handlers.workspaces import Workspaces

MOST_FILES = 5
NOT_GIVEN = kept("Slack does not give a file just now ({status}).")
NOT_FETCHED = kept("A file could not be fetched from Slack ({error}).")
CUT = "\n[… cut off here]"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Enclosed:
    """A prompt with the files that came with it, and what the asker is to know of that."""

    prompt: str
    remarks: Sequence[str] = ()


class Attachments:
    """Slack's files, as the app may read them."""

    def __init__(self, session: aiohttp.ClientSession, workspaces: Workspaces, api_url: str) -> None:
        self._session = session
        self._workspaces = workspaces
        self._home = urlsplit(api_url)

    async def enclose(self, team: str, prompt: str, files: Sequence[Attachment], most: int) -> Enclosed:
        """Put the files' text after the prompt, `most` characters in all; what is over is cut, and said.

        Raises `UsageError` for what is no text and `StageAway` while Slack cannot be reached.
        """
        parts, remarks, holds = [prompt] if prompt else [], [], figure(most, ",")
        for file in files[:MOST_FILES]:
            head = f"{file.name}:\n"
            room = most - sum(len(part) + 2 for part in parts) - len(head)
            if room <= len(CUT):
                remarks.append(
                    say(
                        "“{name}” was left out: a prompt holds {most} characters.", name=file.name, most=holds
                    )
                )
                continue
            text, is_whole = await self._read(team, file, room)
            if not is_whole:
                text = text[: room - len(CUT)] + CUT
                remarks.append(
                    say(
                        "“{name}” was cut: a prompt holds {most} characters in all.",
                        name=file.name,
                        most=holds,
                    )
                )
            parts.append(head + text)
        remarks += [
            say("“{name}” was left out: {most} files at the most.", name=file.name, most=MOST_FILES)
            for file in files[MOST_FILES:]
        ]
        return Enclosed("\n\n".join(parts), remarks)

    async def _read(self, team: str, file: Attachment, most: int) -> tuple[str, bool]:
        """Its first `most` characters, and whether that is all."""
        wanted = 4 * most + 4  # bytes of a character at the most, and the mark of an encoding
        raw = await self._fetch(team, file, wanted + 1)
        text = decoded(raw[:wanted], is_whole=len(raw) <= wanted)
        if text is None:
            raise UsageError(
                say(
                    "“{name}” is no plain text, so no model was asked. Paste its text, or share it as plain "
                    "text: a snippet, .txt, .md, code.",
                    name=file.name,
                )
            )
        text = text.strip()
        return text[:most], len(raw) <= wanted and len(text) <= most

    async def _fetch(self, team: str, file: Attachment, most: int) -> bytes:
        if not self._is_slacks(file.address):  # our token goes nowhere else
            raise UsageError(
                say(
                    "“{name}” is kept outside Slack, where Duel cannot read it. Paste its text, or share it "
                    "as plain text: a snippet, .txt, .md, code.",
                    name=file.name,
                )
            )
        token = (await self._workspaces.slack(team)).client.token
        try:
            async with self._session.get(
                file.address, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
            ) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise StageAway(NOT_GIVEN.format(status=answer.status))
                is_login = answer.content_type == "text/html" and not file.name.endswith((".html", ".htm"))
                if answer.status != 200 or is_login:
                    raise UsageError(
                        say(
                            "Duel may not read “{name}”: it lacks the scope files:read, or the file is "
                            "gone. Paste its text instead.",
                            name=file.name,
                        )
                    )
                raw = b""
                while len(raw) < most and (chunk := await answer.content.read(most - len(raw))):
                    raw += chunk
                return raw
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StageAway(NOT_FETCHED.format(error=type(error).__name__)) from None

    def _is_slacks(self, address: str) -> bool:
        there = urlsplit(address)
        ours = (there.scheme, there.netloc) == (self._home.scheme, self._home.netloc)
        host = there.hostname or ""
        return ours or (there.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com")))


def decoded(raw: bytes, *, is_whole: bool) -> str | None:
    """The text of a file, or of its beginning; `None` if it is none."""
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(raw, final=is_whole)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
