"""What `/duel help` answers."""

from collections.abc import Sequence

from bot.duel import ContenderId, Topic
from bot.durations import say_duration
from bot.settings import Settings
from handlers.emoji import Emoji


def text(settings: Settings, emoji: Emoji, names: Sequence[ContenderId]) -> str:
    """How to use Duel, in Slack's markup."""
    a, b, tie, bad = (f":{name}:" for name in emoji.all)
    quorum = f", or as soon as {settings.vote_quorum} people have voted" if settings.vote_quorum else ""
    example = names[:2] if len(names) > 1 else settings.duel_pair
    listed = ", ".join(f"`{name}`" for name in names)
    return (
        "*Duel* puts one prompt to two models and shows both answers without their names. Your team votes; "
        "then the names, the speed and the cost appear.\n\n"
        "*Ask*\n"
        "• `/duel why is the sky blue?`\n"
        "• `/duel for:10m write a haiku about Mondays`: the vote closes after 10 minutes\n"
        f"• `/duel with:{','.join(example)} why is the sky blue?`: these two instead of the usual ones\n"
        f"• `/duel as:writing …`: what it is about, for the figures by topic: one of {', '.join(Topic)}\n"
        "• `/duel` alone: a form for all of that\n"
        "• `@Duel why is the sky blue?`: the same in a channel or a thread; in direct messages no name is "
        "needed. A text file or snippet becomes part of the prompt\n"
        "• _Duel this_ in a message's menu: that message is the prompt, its thread the place\n"
        f"Models to choose from: {listed}.\n\n"
        "As long as the two are answering you can _Cancel_; where one has failed, _Ask again_ asks for "
        "that one alone.\n\n"
        "*Vote* with an emoji on the message\n"
        f"• {a} A is better · {b} B is better · {tie} equally good · {bad} both bad\n"
        "• One vote a person: your newest emoji counts. Take it off, and your earlier one counts again.\n\n"
        f"*Reveal*: after {say_duration(settings.vote_for)}{quorum}, "
        "or by the asker's button _Reveal now_.\n\n"
        "*What the votes say*\n"
        "• `/duel stats`, `/duel stats 30d coding`, `/duel stats 7d here de`: how things stand, told to you "
        "alone; `7d`, `30d` or `all`, a topic, a language, `here` for this channel only\n"
        "• `/duel why <link to a duel>`: how it was counted\n"
        "• `/duel digest on mon 09:00 Europe/Berlin`, `off`, `now`, `preview`: the digest of this channel's "
        f"week, Monday to Sunday; {_digest(settings)}\n\n"
        "*Votes as a file*: `/duel export` sends you, and you alone, those of the channel you are in.\n\n"
        "The prompt leaves Slack for the services of the two models, so put no secrets in it."
    )


def _digest(settings: Settings) -> str:
    slot = settings.digest_slot
    return "it comes where somebody asks for it" if slot is None else f"by default it comes {slot}"
