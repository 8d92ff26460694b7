"""What `/duel help` answers: an index, and a page for each topic, none longer than a screen."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.duel import ContenderId, Topic
from bot.durations import spell_duration
from bot.rounds import LONGEST, MOST_ROUNDS
from bot.settings import Settings
from bot.words import figure, noted, say
from handlers.cards.text import mrkdwn
from handlers.command import HELP_TOPICS
from handlers.emoji import Emoji


class Pages:
    """The pages, by the names of `HELP_TOPICS`; the index under the empty one.

    In Slack's markup, made in the language of whoever asks.
    """

    def __init__(self, settings: Settings, emoji: Emoji, names: Sequence[ContenderId]) -> None:
        """`names` are those of the contenders that are ready."""
        self._pages: Mapping[str, Callable[[], str]] = {
            "": _index,
            "ask": partial(_ask, settings, names),
            "rounds": _rounds,
            "votes": partial(_votes, settings, emoji),
            "stats": _stats,
            "digest": partial(_digest, settings),
            "settings": _settings,
            "limits": partial(_limits, settings),
            "export": _export,
            "privacy": partial(_privacy, settings),
        }
        assert tuple(self._pages) == ("", *HELP_TOPICS)

    def __getitem__(self, topic: str) -> str:
        return self._pages[topic]()


def _page(head: str, *points: str, after: Sequence[str] = ()) -> str:
    return "\n".join([head, *(f"• {point}" for point in points), *after])


def _index() -> str:
    introduction = say(
        "*Duel* puts one prompt to two models and shows both answers without their names. Your team votes; "
        "then the names, the speed and the cost appear."
    )
    try_it = say("Try it: `/duel why is the sky blue? Answer in one sentence.`")
    more = (f"`/duel help {name}`: {say(about)}" for name, about in HELP_TOPICS.items())
    head = say("*More on*")
    return f"{introduction}\n{try_it}\n\n{_page(head, *more)}"


def _ask(settings: Settings, names: Sequence[ContenderId]) -> str:
    example = names[:2] if len(names) > 1 else settings.duel_pair
    return _page(
        say("*Ask*"),
        "`/duel why is the sky blue?`",
        say("`/duel for:10m write a haiku about Mondays`: the vote closes after 10 minutes"),
        say(
            "`/duel with:{pair} why is the sky blue?`: these two instead of the usual ones",
            pair=",".join(example),
        ),
        say(
            "`/duel as:writing …`: what it is about, for the figures by topic: one of {topics}",
            topics=", ".join(Topic),
        ),
        say("`/duel -- for:each …`: what comes after `--` is prompt, whatever it looks like"),
        say("`/duel` alone: a form for all of that"),
        say(
            "`@Duel why is the sky blue?`: the same in a channel or a thread; in direct messages no name is "
            "needed. A text file or snippet becomes part of the prompt"
        ),
        say("_Duel this_ in a message's menu: that message is the prompt, its thread the place"),
        after=[
            say("Models to choose from: {names}.", names=", ".join(f"`{name}`" for name in names)),
            say(
                "As long as the two are answering you can _Cancel_; where one has failed, _Ask again_ asks "
                "for that one alone."
            ),
            say(
                "*One answer* instead of two: `/ask why is the sky blue?` goes to the model that this "
                "team's votes support; `/ask help` says how."
            ),
        ],
    )


def _rounds() -> str:
    return _page(
        say("*Ask both on*, in the thread of a duel"),
        say(
            "`@Duel and now in French`: the same two answer, each in its own conversation; each round has "
            "its own vote. In direct messages no name is needed."
        ),
        say(
            "A and B stay who they were. The names, votes and figures of all rounds appear when the votes on "
            "all of them have closed; _Reveal now_ ends those that you may end."
        ),
        say(
            "Once the names are out you can still go on: the sides are dealt anew, and such a vote does not "
            "count for preference, for a voter may know who goes on."
        ),
        say("A round that failed is passed over; as long as nobody has gone on, _Ask again_ asks for it."),
        say(
            "At most {rounds} rounds, and {length} characters in a conversation.",
            rounds=MOST_ROUNDS,
            length=figure(LONGEST, ","),
        ),
        say("Something new in the same thread: `@Duel with:A,B …`, or _Duel this_ in a message's menu."),
    )


def _votes(settings: Settings, emoji: Emoji) -> str:
    a, b, tie, bad = (f":{name}:" for name in emoji.all)
    return _page(
        say("*Vote* with an emoji on the message"),
        say(
            "{a} A is better · {b} B is better · {tie} equally good · {bad} both bad",
            a=a,
            b=b,
            tie=tie,
            bad=bad,
        ),
        say("One vote a person: your newest emoji counts. Take it off, and your earlier one counts again."),
        say("_Vote secretly_ under the duel: nobody sees it but you; change it until the vote closes."),
        say(":rotating_light: on an answer in the thread, or the ballot, calls it unsafe; that is no vote."),
        _end(settings),
        say("Under the result: _Why_ it was counted so, told to you alone, and _Rematch_, sides dealt anew."),
        say("A channel can have other emoji and rules; its duels say which: `/duel help settings`."),
    )


def _end(settings: Settings) -> str:
    """When the names appear."""
    who = say("anybody") if settings.reveal_by == "anyone" else say("the asker")
    length = spell_duration(settings.vote_for)
    if not settings.vote_quorum:
        return say(
            "The names appear after {length}, or as soon as {who} presses _Reveal now_. What comes later is "
            "stored and not counted.",
            length=length,
            who=who,
        )
    return say(
        "The names appear after {length}, or as soon as {number} people have voted, or {who} presses "
        "_Reveal now_. What comes later is stored and not counted.",
        length=length,
        number=settings.vote_quorum,
        who=who,
    )


def _stats() -> str:
    return _page(
        say("*What the votes say*, told to you alone"),
        say(
            "`/duel stats`, `/duel stats 30d coding`, `/duel stats 7d here de`: how things stand; `7d`, "
            "`30d` or `all`, a topic, a language, `here` for this channel only"
        ),
        say("`/duel why <link to a duel>`: how it was counted, and what was left out"),
        say("My _Home_ (click my name) has the standings of all channels, and your own duels and votes."),
    )


def _kept(settings: Settings) -> str:
    if settings.keep_prompts_for is None:
        return say("Prompts and answers are kept until somebody erases them.")
    return say(
        "Prompts and answers are erased {length} after their duel.",
        length=spell_duration(settings.keep_prompts_for),
    )


def ask_text(settings: Settings, labels: Mapping[ContenderId, str]) -> str:
    """How to use `/ask`, in Slack's markup."""
    first, second = (mrkdwn(labels.get(name, name)) for name in settings.duel_pair)
    about = say(
        "*`/ask`* has one of two models answer, {first} or {second}: the one that this team's votes support, "
        "and it says why. Nothing is hidden here, and there is no vote.",
        first=first,
        second=second,
    )
    ways = _page(
        "",
        "`/ask why is the sky blue?`",
        say(
            "`/ask as:coding reverse a list in Go`: what it is about, if you want to say: one of {topics}",
            topics=", ".join(Topic),
        ),
        say("`/ask with:A,B …`: another two to choose from"),
    )
    who = _page(
        say("*Who answers*"),
        say(
            "A verdict of all duels so far, on that topic if there is one, else over all topics. A mere lead "
            "decides nothing."
        ),
        say("Where the votes show the two to be equally good, the cheaper one."),
        _unknown(settings),
        say("Never one that is paused."),
    )
    return "\n\n".join(
        [
            f"{about}\n{ways}",
            who,
            say(
                "`/duel stats` shows what the votes say; the weekly digest tells what this has saved, and "
                "lost."
            ),
            say("The prompt leaves Slack for the services of the models, so put no secrets in it."),
        ]
    )


def _unknown(settings: Settings) -> str:
    """What happens where the votes do not decide yet."""
    share = figure(100 * settings.ask_duel_share, ".0f")
    if share == "0":
        return say("Where it is not known yet, the cheaper one as well.")
    if share == "100":
        return say("Where it is not known yet, both answer, in a duel.")
    return say(
        "Where it is not known yet, the cheaper one as well. In {share} % of such cases both answer instead, "
        "in a duel, so that it becomes known.",
        share=share,
    )


def _digest(settings: Settings) -> str:
    slot = settings.digest_slot
    return _page(
        say("*The weekly digest* of this channel's week, Monday to Sunday"),
        "`/duel digest on mon 09:00 Europe/Berlin`, `/duel digest off`",
        say("`/duel digest preview`: what it would say now, shown to you alone"),
        say("`/duel digest now`: post one of the last seven days"),
        after=[
            say("It comes where somebody asks for it.")
            if slot is None
            else say("By default it comes {slot}.", slot=slot)
        ],
    )


def _settings() -> str:
    return _page(
        say("*This channel's own ways*"),
        say(
            "`/duel settings` opens a form: the usual pair, a system prompt, the four emoji, how long and "
            "how many votes, whose votes count, who starts duels and who reveals them, limits, the language, "
            "the digest."
        ),
        say("It is for administrators, whoever made the channel, and people whom your operator names."),
        say("What is saved holds for the next duels; those that are on keep their rules."),
    )


def _limits(settings: Settings) -> str:
    limits = [
        (settings.duels_per_person_a_day, noted("at most {most} duels for one person in a day")),
        (settings.duels_per_channel_a_day, noted("at most {most} duels in one channel in a day")),
        (settings.usd_per_channel_a_day, noted("at most {most} US dollars in one channel in a day")),
        (settings.duels_per_team_a_month, noted("at most {most} duels in the workspace in a month")),
        (settings.usd_per_team_a_month, noted("at most {most} US dollars in the workspace in a month")),
    ]
    lines = [say(text, most=most) for most, text in limits if most is not None]
    return _page(
        say("*Limits*"),
        *(lines or [say("Your operator has set none.")]),
        say("A prompt takes {most} characters.", most=figure(settings.max_prompt, ",")),
        after=[
            say(
                "A channel can set less for itself: `/duel settings`. What is left for you stands in my "
                "_Home_."
            )
        ],
    )


def _export() -> str:
    return _page(
        say("*Votes as a file*"), say("`/duel export` sends you, and you alone, those of this channel.")
    )


def _privacy(settings: Settings) -> str:
    stored = say("Prompts, answers and votes are stored in your operator's own database, and nowhere else.")
    return _page(
        say("*Privacy*"),
        say(
            "The prompt leaves Slack for the services of the two models, so put no secrets in it. They are "
            "not told who asks."
        ),
        f"{stored} {_kept(settings)}",
        say(
            "`/duel export me` sends you what is stored of you; `/duel forget me` erases your prompts and "
            "takes your name off your votes, after a question."
        ),
        say("`/duel stats`, `why`, `help` and my _Home_ show you alone what they show."),
    )
