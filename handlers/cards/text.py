"""Text that somebody else wrote, made safe for Slack's own markup."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean(text: str) -> str:
    """One kind of line end, and a visible mark for each control character."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def mrkdwn(text: str) -> str:
    """Slack's three special characters as entities, so that no mention and no link is live."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, most: int) -> str:
    """At most that many characters, on one line, with an ellipsis where some are missing."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
