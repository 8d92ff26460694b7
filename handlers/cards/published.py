"""Results that others have published, under the team's own figures and clearly apart from them."""

from collections.abc import Iterable, Mapping, Sequence

from bot.contenders.published import Published, side_by_side
from bot.duel import ContenderId
from bot.words import say
from handlers.cards.text import mrkdwn

Figures = Mapping[ContenderId, Sequence[Published]]


def published(
    pairs: Iterable[tuple[ContenderId, ContenderId]], figures: Figures, labels: Mapping[ContenderId, str]
) -> str | None:
    """For Slack's markup; `None` where no pair has results on the same benchmark."""
    lines = []
    for pair in dict.fromkeys(pairs):
        names = [mrkdwn(labels.get(name, name)) for name in pair]
        for both in side_by_side(*(figures.get(name, ()) for name in pair)):
            scores = ", ".join(
                f"{name} {at.score} ({_source(at)})" for name, at in zip(names, both, strict=True)
            )
            lines.append(f"• {mrkdwn(both[0].benchmark)}, {mrkdwn(both[0].measure)}: {scores}")
    if not lines:
        return None
    head = say("*Published by others* (no votes of this team, and no part of any figure above)")
    return "\n".join([head, *lines])


def _source(at: Published) -> str:
    return f"<{mrkdwn(at.url)}|{mrkdwn(at.source)}>, {at.date}"
