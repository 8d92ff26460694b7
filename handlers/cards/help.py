"""What `/duel help` answers: an index, and a page for each topic, none longer than a screen."""

from collections.abc import Mapping, Sequence

from bot.duel import ContenderId, Topic
from bot.durations import say_duration
from bot.rounds import LONGEST, MOST_ROUNDS
from bot.settings import Settings
from handlers.cards.text import mrkdwn
from handlers.command import HELP_TOPICS
from handlers.emoji import Emoji

Pages = Mapping[str, str]
"""By the names of `HELP_TOPICS`; the index under the empty one. In Slack's markup."""


def pages(settings: Settings, emoji: Emoji, names: Sequence[ContenderId]) -> Pages:
    """How to use Duel."""
    told = {
        "ask": _ask(settings, names),
        "rounds": _rounds(),
        "votes": _votes(settings, emoji),
        "stats": _stats(),
        "digest": _digest(settings),
        "settings": _settings(),
        "limits": _limits(settings),
        "export": "*Votes as a file*\n• `/duel export` sends you, and you alone, those of this channel.",
        "privacy": _privacy(settings),
    }
    assert tuple(told) == tuple(HELP_TOPICS)
    index = "\n".join(f"• `/duel help {name}`: {about}" for name, about in HELP_TOPICS.items())
    return {"": f"{_INTRODUCTION}\n\n*More on*\n{index}", **told}


_INTRODUCTION = (
    "*Duel* puts one prompt to two models and shows both answers without their names. Your team votes; "
    "then the names, the speed and the cost appear.\n"
    "Try it: `/duel why is the sky blue?`"
)


def _ask(settings: Settings, names: Sequence[ContenderId]) -> str:
    example = names[:2] if len(names) > 1 else settings.duel_pair
    return (
        "*Ask*\n"
        "• `/duel why is the sky blue?`\n"
        "• `/duel for:10m write a haiku about Mondays`: the vote closes after 10 minutes\n"
        f"• `/duel with:{','.join(example)} why is the sky blue?`: these two instead of the usual ones\n"
        f"• `/duel as:writing …`: what it is about, for the figures by topic: one of {', '.join(Topic)}\n"
        "• `/duel -- for:each …`: what comes after `--` is prompt, whatever it looks like\n"
        "• `/duel` alone: a form for all of that\n"
        "• `@Duel why is the sky blue?`: the same in a channel or a thread; in direct messages no name is "
        "needed. A text file or snippet becomes part of the prompt\n"
        "• _Duel this_ in a message's menu: that message is the prompt, its thread the place\n"
        f"Models to choose from: {', '.join(f'`{name}`' for name in names)}.\n"
        "As long as the two are answering you can _Cancel_; where one has failed, _Ask again_ asks for "
        "that one alone.\n"
        "*One answer* instead of two: `/ask why is the sky blue?` goes to the model that this team's votes "
        "support; `/ask help` says how."
    )


def _rounds() -> str:
    return (
        "*Ask both on*, in the thread of a duel\n"
        "• `@Duel and now in French`: the same two answer, each in its own conversation; each round has its "
        "own vote. In direct messages no name is needed.\n"
        "• A and B stay who they were. The names, votes and figures of all rounds appear when the votes on "
        "all of them have closed; _Reveal now_ ends those that you may end.\n"
        "• Once the names are out you can still go on: the sides are dealt anew, and such a vote does not "
        "count for preference, for a voter may know who goes on.\n"
        "• A round that failed is passed over; as long as nobody has gone on, _Ask again_ asks for it.\n"
        f"• At most {MOST_ROUNDS} rounds, and {LONGEST:,} characters in a conversation.\n"
        "• Something new in the same thread: `@Duel with:A,B …`, or _Duel this_ in a message's menu."
    )


def _votes(settings: Settings, emoji: Emoji) -> str:
    a, b, tie, bad = (f":{name}:" for name in emoji.all)
    quorum = f", or as soon as {settings.vote_quorum} people have voted" if settings.vote_quorum else ""
    return (
        "*Vote* with an emoji on the message\n"
        f"• {a} A is better · {b} B is better · {tie} equally good · {bad} both bad\n"
        "• One vote a person: your newest emoji counts. Take it off, and your earlier one counts again.\n"
        "• _Vote secretly_ under the duel: nobody sees it but you; change it until the vote closes.\n"
        "• :rotating_light: on an answer in the thread, or the ballot, calls it unsafe; that is no vote.\n"
        f"• The names appear after {say_duration(settings.vote_for)}{quorum}, or by "
        f"{'anybody' if settings.reveal_by == 'anyone' else 'the asker'}: the button _Reveal now_. "
        "What comes later is stored and not counted.\n"
        "• Under the result: _Why_ it was counted so, told to you alone, and _Rematch_, sides dealt anew.\n"
        "• A channel can have other emoji and rules; its duels say which: `/duel help settings`."
    )


def _stats() -> str:
    return (
        "*What the votes say*, told to you alone\n"
        "• `/duel stats`, `/duel stats 30d coding`, `/duel stats 7d here de`: how things stand; `7d`, `30d` "
        "or `all`, a topic, a language, `here` for this channel only\n"
        "• `/duel why <link to a duel>`: how it was counted, and what was left out\n"
        "• My _Home_ (click my name) has the standings of all channels, and your own duels and votes."
    )


def _kept(settings: Settings) -> str:
    if settings.keep_prompts_for is None:
        return "Prompts and answers are kept until somebody erases them."
    return f"Prompts and answers are erased {say_duration(settings.keep_prompts_for)} after their duel."


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
    usual = "It comes where somebody asks for it." if slot is None else f"By default it comes {slot}."
    return (
        "*The weekly digest* of this channel's week, Monday to Sunday\n"
        "• `/duel digest on mon 09:00 Europe/Berlin`, `/duel digest off`\n"
        "• `/duel digest preview`: what it would say now, shown to you alone\n"
        f"• `/duel digest now`: post one of the last seven days\n{usual}"
    )


def _settings() -> str:
    return (
        "*This channel's own ways*\n"
        "• `/duel settings` opens a form: the usual pair, a system prompt, the four emoji, how long and how "
        "many votes, whose votes count, who starts duels and who reveals them, limits, the digest.\n"
        "• It is for administrators, whoever made the channel, and people whom your operator names.\n"
        "• What is saved holds for the next duels; those that are on keep their rules."
    )


def _limits(settings: Settings) -> str:
    limits = [
        (settings.duels_per_person_a_day, "duels for one person in a day"),
        (settings.duels_per_channel_a_day, "duels in one channel in a day"),
        (settings.usd_per_channel_a_day, "US dollars in one channel in a day"),
        (settings.duels_per_team_a_month, "duels in the workspace in a month"),
        (settings.usd_per_team_a_month, "US dollars in the workspace in a month"),
    ]
    lines = [f"• at most {most} {what}" for most, what in limits if most is not None]
    return "\n".join(
        [
            "*Limits*",
            *(lines or ["• Your operator has set none."]),
            f"• A prompt takes {settings.max_prompt:,} characters.",
            "A channel can set less for itself: `/duel settings`. What is left for you stands in my _Home_.",
        ]
    )


def _privacy(settings: Settings) -> str:
    return (
        "*Privacy*\n"
        "• The prompt leaves Slack for the services of the two models, so put no secrets in it. They are not "
        "told who asks.\n"
        "• Prompts, answers and votes are stored in your operator's own database, and nowhere else. "
        f"{_kept(settings)}\n"
        "• `/duel export me` sends you what is stored of you; `/duel forget me` erases your prompts and "
        "takes your name off your votes, after a question.\n"
        "• `/duel stats`, `why`, `help` and my _Home_ show you alone what they show."
    )
