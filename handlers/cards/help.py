"""What `/duel help` answers."""

from collections.abc import Mapping, Sequence

from bot.duel import ContenderId, Topic
from bot.durations import say_duration
from bot.settings import Settings
from handlers.cards.text import mrkdwn
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
        "*One answer* instead of two: `/ask why is the sky blue?` goes to the model that this team's votes "
        "support; `/ask help` says how.\n\n"
        "*What the votes say*\n"
        "• `/duel stats`, `/duel stats 30d coding`, `/duel stats 7d here de`: how things stand, told to you "
        "alone; `7d`, `30d` or `all`, a topic, a language, `here` for this channel only\n"
        "• `/duel why <link to a duel>`: how it was counted\n"
        "• `/duel digest on mon 09:00 Europe/Berlin`, `off`, `now`, `preview`: the digest of this channel's "
        f"week, Monday to Sunday; {_digest(settings)}\n\n"
        "*Votes as a file*: `/duel export` sends you, and you alone, those of the channel you are in.\n\n"
        "The prompt leaves Slack for the services of the two models, so put no secrets in it."
    )


def ask_text(settings: Settings, labels: Mapping[ContenderId, str]) -> str:
    """How to use `/ask`, in Slack's markup."""
    first, second = (mrkdwn(labels.get(name, name)) for name in settings.duel_pair)
    share = f"{100 * settings.ask_duel_share:.0f} %"
    became = {"0 %": "", "100 %": " Then both answer, in a duel."}.get(
        share, f" In {share} of such cases both answer instead, in a duel, so that it becomes known."
    )
    return (
        f"*`/ask`* has one of two models answer, {first} or {second}: the one that this team's votes "
        "support, and it says why. Nothing is hidden here, and there is no vote.\n\n"
        "• `/ask why is the sky blue?`\n"
        f"• `/ask as:coding reverse a list in Go`: what it is about, if you want to say: one of "
        f"{', '.join(Topic)}\n"
        "• `/ask with:A,B …`: another two to choose from\n\n"
        "*Who answers*\n"
        "• A verdict of all duels so far, on that topic if there is one, else over all topics. A mere lead "
        "decides nothing.\n"
        "• Where the votes show the two to be equally good, the cheaper one.\n"
        f"• Where it is not known yet, the cheaper one as well.{became}\n"
        "• Never one that is paused.\n\n"
        "`/duel stats` shows what the votes say; the weekly digest tells what this has saved, and lost.\n\n"
        "The prompt leaves Slack for the services of the models, so put no secrets in it."
    )


def _digest(settings: Settings) -> str:
    slot = settings.digest_slot
    return "it comes where somebody asks for it" if slot is None else f"by default it comes {slot}"
