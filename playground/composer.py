"""What Slack's composer makes of typed text: entities, and names that became live mentions."""

from __future__ import annotations

import re

from playground.workspace import Workspace

_MARKUP = re.compile(r"(<(?:@U\w+|#C\w+|!here|!channel|!everyone)(?:\|[^<>]*)?>)")
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)")


def written(workspace: Workspace, text: str) -> str:
    """What Slack's composer makes of typed text: entities and live mentions; markup stays as it is."""
    parts = _MARKUP.split(text)
    parts[::2] = [
        mentions(workspace, _BARE.sub("&amp;", part).replace("<", "&lt;").replace(">", "&gt;"))
        for part in parts[::2]
    ]
    return "".join(parts)


def mentions(workspace: Workspace, text: str, *, labelled: bool = False) -> str:
    """@name and #channel as Slack's markup; `labelled` adds the name, as escaped commands carry it."""
    people = {}
    for one in workspace.users.values():
        for name in (one.name, one.real_name):
            people[name.lower()] = f"<@{one.id}|{one.name}>" if labelled else f"<@{one.id}>"
    channels = {one.name: f"<#{one.id}|{one.name}>" for one in workspace.channels.values() if one.name}
    names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
    text = re.sub(rf"@({names})\b", lambda match: people[match[1].lower()], text, flags=re.IGNORECASE)
    return re.sub(r"#([\w-]+)", lambda match: channels.get(match[1], match[0]), text)
