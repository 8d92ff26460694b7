"""A duel's message through its life: waiting, vote, reveal.

Before the reveal nothing in it tells the sides apart but the answers themselves.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from bot.duel import Answer, CloseReason, ContenderId, Duel, Outcome, Person, Side
from bot.votes import Choice, Tally
from bot.words import day_and_time, figure, noted, say, say_many
from handlers.cards import Block, Message
from handlers.cards.ballot import VOTE_SECRETLY
from handlers.cards.figures import dollars, seconds, speed
from handlers.cards.markdown import safe, split
from handlers.cards.naming import when_named
from handlers.cards.text import clean, mrkdwn, shorten
from handlers.cards.topics import topic_menu
from handlers.emoji import Emoji

Labels = Mapping[ContenderId, str]

REVEAL = "reveal_duel"
"""Action id of the button that ends a vote early."""
UNSAFE = "rotating_light"
"""The emoji that flags an answer, on a message of its own."""
NOBODY: Mapping[Side, int] = {}
WHY, REMATCH = "why_duel", "rematch_duel"
"""Action ids of the buttons under a result."""
SAME_TIME_S = 0.05
AGAIN = "ask_again"
"""Action id of the button that asks for the answers that failed once more."""
CANCEL = "cancel_duel"
"""Action id of the button that takes a duel back."""
PART = 9_000
"""Characters of one part of a long answer; Slack takes 12,000 in all `markdown` blocks of a message."""
INLINE = 1_800
"""Answers up to this many characters, both of them, stand in the vote message itself."""
PREVIEW = 600
PROMPT = 2_500
CUT_OFF = noted("_It reached its token limit and was cut off here._")


def waiting(duel: Duel, *, finished: int = 0, elapsed_s: float = 0, receivers: str = "") -> Message:
    """While the contenders are at it."""
    done = (
        say("Two models are answering…"),
        say("One answer is in, one is still being written…"),
        say("Both answers are in…"),
    )[finished]
    elapsed = " · " + say("{number} s", number=figure(elapsed_s, ".0f")) if elapsed_s >= 1 else ""
    return {
        "text": say("“{prompt}” — two models are answering.", prompt=_short_prompt(duel)),
        "blocks": [
            *asked(duel),
            _context(f"⏳ {done}{elapsed}"),
            _actions(_button(CANCEL, say("Cancel"), duel)),
            *_introduction(duel, receivers),
        ],
    }


def vote(
    duel: Duel,
    answers: Mapping[Side, Answer],
    closes_at: datetime,
    quorum: int | None,
    emoji: Emoji,
    *,
    receivers: str = "",
) -> Message:
    """Both answers, unnamed, and how to vote on them."""
    options = say(
        "{a} A is better · {b} B is better · {tie} equally good · {bad} both bad",
        a=emoji.code(Choice.A),
        b=emoji.code(Choice.B),
        tie=emoji.code(Choice.TIE),
        bad=emoji.code(Choice.BOTH_BAD),
    )
    stamp = int(closes_at.timestamp())
    moment = f"<!date^{stamp}^{{date_short_pretty}} {{time}}|{day_and_time(closes_at)}>"
    if quorum is None:
        ends = say(
            "One vote a person, your newest counts. Closes {moment}; {then}",
            moment=moment,
            then=when_named(duel),
        )
    else:
        ends = say_many(
            "One vote a person, your newest counts. Closes {moment}, or with {count} vote; {then}",
            "One vote a person, your newest counts. Closes {moment}, or with {count} votes; {then}",
            quorum,
            moment=moment,
            then=when_named(duel),
        )
    return {
        "text": say(
            "“{prompt}” — two answers are in. React with an emoji to vote.", prompt=_short_prompt(duel)
        ),
        "blocks": [
            *asked(duel),
            *unnamed(answers, emoji),
            {"type": "divider"},
            section(say("*Which one is better?* {options}", options=options)),
            _context(ends),
            *(
                [_context(say("No vote for preference: {why}", why=mrkdwn(say(duel.excluded))))]
                if duel.excluded
                else []
            ),
            _actions(
                _button(VOTE_SECRETLY, say("Vote secretly"), duel),
                _button(REVEAL, say("Reveal now"), duel),
                topic_menu(duel),
            ),
            *_introduction(duel, receivers),
        ],
    }


def question(duel: Duel) -> list[Message]:
    """A prompt that is too long for the card, whole, as messages for the thread; none for others."""
    prompt = clean(duel.prompt)
    if len(prompt) <= PROMPT:
        return []
    pieces = [prompt[start : start + PROMPT] for start in range(0, len(prompt), PROMPT)]
    return [
        {
            "text": say("The prompt ({number}/{of})", number=number, of=len(pieces)),
            "blocks": [_quote(piece)],
        }
        for number, piece in enumerate(pieces, 1)
    ]


def parts(side: Side, answer: Answer, emoji: Emoji) -> list[Message]:
    """A long answer, as messages for the thread."""
    texts = split(_body(answer), PART)
    messages: list[Message] = []
    for number, text in enumerate(texts, 1):
        of = f" ({number}/{len(texts)})" if len(texts) > 1 else ""
        title = f"{emoji.code(Choice(side))} *{_answer(side)}*{of}"
        messages.append({"text": f"{_answer(side)}{of}", "blocks": [section(title), _markdown(text)]})
    return messages


def long(answers: Mapping[Side, Answer]) -> bool:
    """Whether the answers go into the thread: both or neither, so that it tells nothing about either."""
    return any(len(_body(answer)) > INLINE for answer in told(answers).values())


def told(answers: Mapping[Side, Answer]) -> dict[Side, Answer]:
    """Those that have a text to show; one that failed may have none."""
    return {side: answers[side] for side in sorted(answers) if answers[side].text.strip()}


def reveal(
    duel: Duel,
    answers: Mapping[Side, Answer],
    votes: Tally,
    labels: Labels,
    emoji: Emoji,
    *,
    unsafe: Mapping[Side, int] = NOBODY,
) -> Message:
    """The end: who was who, what people said, and what speed and cost were measured."""
    names = {side: mrkdwn(labels.get(duel.seats[side], duel.seats[side])) for side in Side}
    headline = (
        _headline(votes, names)
        if duel.void_reason is None
        else say("*No result.* {why}", why=mrkdwn(say(duel.void_reason)))
    )
    titles = {side: say("*{name}* (answer {side})", name=names[side], side=side.upper()) for side in Side}
    figures = [
        _context(f"{emoji.code(Choice(side))} *{names[side]}*: {_outcome(answers[side])}") for side in answers
    ]
    plain = clean(headline).replace("*", "")
    return {
        "text": say("“{prompt}” — {text}", prompt=_short_prompt(duel), text=plain),
        "blocks": [
            *asked(duel),
            section(headline),
            *([_context(_count(votes, names, emoji) + _ended(duel))] if duel.void_reason is None else []),
            *(
                [_context(say("Does not count for preference: {why}", why=mrkdwn(say(duel.excluded))))]
                if duel.excluded
                else []
            ),
            *([_context(together)] if (together := _together(answers, names)) else []),
            *figures,
            *(
                _context(f":{UNSAFE}: *{names[side]}*: {_called_unsafe(unsafe[side])}")
                for side in sorted(unsafe)
            ),
            *_answers(told(answers), titles, emoji),
            *(
                [_actions(_button(WHY, say("Why"), duel), *_rematch(duel), topic_menu(duel))]
                if duel.void_reason is None
                else []
            ),
            *again(duel, answers),
        ],
    }


def again(duel: Duel, answers: Mapping[Side, Answer]) -> list[Block]:
    """The button *Ask again*, where it may help."""
    return [_actions(_button(AGAIN, say("Ask again"), duel))] if _has_failed(duel, answers) else []


def _rematch(duel: Duel) -> list[Block]:
    """One round of a conversation means little by itself."""
    return [_button(REMATCH, say("Rematch"), duel)] if duel.round == 1 else []


def _has_failed(duel: Duel, answers: Mapping[Side, Answer]) -> bool:
    """Whether it is void for want of an answer that may come if it is asked for once more."""
    failed = any(side not in answers or not answers[side].outcome.votable for side in Side)
    return duel.void_reason is not None and failed


def _headline(votes: Tally, names: Mapping[Side, str]) -> str:
    if votes.total == 0:
        return say("*Nobody voted.*")
    if (ahead := votes.ahead) is None:
        return say(
            "*No winner here:* {first} and {second} got {a} to {b} votes.",
            first=names[Side.A],
            second=names[Side.B],
            a=votes.a,
            b=votes.b,
        )
    scores = {Side.A: votes.a, Side.B: votes.b}
    return say(
        "*{name} wins this one*, {high} to {low}.",
        name=names[ahead],
        high=scores[ahead],
        low=scores[ahead.other],
    )


def _count(votes: Tally, names: Mapping[Side, str], emoji: Emoji) -> str:
    each = (
        (Choice.A, names[Side.A], votes.a),
        (Choice.B, names[Side.B], votes.b),
        (Choice.TIE, say("equally good"), votes.tie),
        (Choice.BOTH_BAD, say("both bad"), votes.both_bad),
    )
    cast = [f"{emoji.code(choice)} {name} {count}" for choice, name, count in each if count]
    return " · ".join([say_many("{count} vote", "{count} votes", votes.total), *cast])


def _together(answers: Mapping[Side, Answer], names: Mapping[Side, str]) -> str:
    """Who was faster and by how much, where both answers are complete, and what the two cost together."""
    parts = []
    seconds_of = {
        side: answer.timing.total_s
        for side, answer in answers.items()
        if answer.outcome is Outcome.OK and answer.timing.total_s is not None
    }
    if len(seconds_of) == len(Side):
        quick = min(seconds_of, key=lambda side: seconds_of[side])
        lead = seconds_of[quick.other] - seconds_of[quick]
        apart = say("*{name}* was faster, by {time}", name=names[quick], time=seconds(lead))
        parts.append(apart if lead >= SAME_TIME_S else say("Both took the same time"))
    costs = [answer.bill.usd for answer in answers.values() if answer.bill.usd is not None]
    if len(costs) == len(Side):
        parts.append(say("{cost} for both", cost=dollars(sum(costs, Decimal(0)))))
    return " · ".join(parts)


def _outcome(answer: Answer) -> str:
    if answer.outcome is Outcome.OK:
        return speed(answer) + _other_model(answer)
    if answer.outcome is Outcome.CUT_OFF:
        return say("cut off at its token limit") + f" · {speed(answer)}{_other_model(answer)}"
    return say("failed: {why}", why=mrkdwn(say(answer.detail)))


def _other_model(answer: Answer) -> str:
    """What the service says has answered, where that is not what was asked for."""
    if answer.other_model is None or answer.asked_model is None:
        return ""
    asked, other = (mrkdwn(name) for name in (answer.asked_model, answer.other_model))
    return " · " + say("asked for {asked}, answered by {other}", asked=asked, other=other)


def _ended(duel: Duel) -> str:
    if duel.close_reason is CloseReason.ASKER:
        return " · " + say("revealed early by {who}", who=_who(duel.closed_by or duel.asker))
    if duel.close_reason is CloseReason.QUORUM:
        return " · " + say("closed as soon as enough votes were in")
    return ""


def _introduction(duel: Duel, receivers: str) -> list[Block]:
    """Told once a channel, of all services that may ever be asked, so that it tells nothing of these two."""
    if not duel.introduces:
        return []
    text = say(
        "First duel in this channel: what you ask leaves Slack for the services that answer here "
        "({receivers}), and Duel stores it: put no secrets in it. `/duel forget me` erases what you asked.",
        receivers=mrkdwn(receivers),
    )
    return [_context(text)]


def _who(person: Person) -> str:
    """A mention; of one who was forgotten, or came with an import, none."""
    return f"<@{person.user}>" if re.fullmatch(r"[UW][A-Z0-9]+", person.user) else say("somebody")


def asked(duel: Duel) -> list[Block]:
    """Who asked what."""
    prompt = clean(duel.prompt) or say("The words of this duel have been erased.")
    shown = prompt if len(prompt) <= PROMPT else prompt[: PROMPT - 1] + "…"
    return [
        section(_title(duel)),
        _quote(shown),
        *([_context(say("The whole prompt stands in the thread."))] if shown != prompt else []),
    ]


def _title(duel: Duel) -> str:
    who = _who(duel.asker)
    if duel.round == 1:
        return say("⚔️ *Duel*, asked by {who}", who=who)
    return say("⚔️ *Round {number}*, asked by {who}", number=duel.round, who=who)


def _quote(text: str) -> Block:
    """Somebody's words, in a block in which nothing is live and nothing is markup."""
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [quote]}


def unnamed(answers: Mapping[Side, Answer], emoji: Emoji) -> list[Block]:
    """Both answers under their sides; none that was erased."""
    return _answers(told(answers), {side: f"*{_answer(side)}*" for side in Side}, emoji)


def _answers(answers: Mapping[Side, Answer], titles: Mapping[Side, str], emoji: Emoji) -> list[Block]:
    """The answers under their titles, A first; the beginnings only where the whole stands in the thread."""
    cut = long(answers)
    blocks: list[Block] = []
    for side in sorted(answers):
        text = _body(answers[side])
        if cut and len(text) > PREVIEW:
            text = split(text, PREVIEW)[0] + "\n\n" + say("_… goes on in the thread_")
        blocks += [
            {"type": "divider"},
            section(f"{emoji.code(Choice(side))} {titles[side]}"),
            _markdown(text),
        ]
    return blocks


def _body(answer: Answer) -> str:
    text = safe(answer.text.strip())
    return f"{text}\n\n{say(CUT_OFF)}" if answer.outcome is Outcome.CUT_OFF else text


def _short_prompt(duel: Duel) -> str:
    return mrkdwn(shorten(duel.prompt or say("(erased)"), 80))


def _called_unsafe(count: int) -> str:
    return say_many("called unsafe by {count} person", "called unsafe by {count} people", count)


def _answer(side: Side) -> str:
    return say("Answer {side}", side=side.upper())


def section(text: str) -> Block:
    """A paragraph in Slack's markup."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _actions(*elements: Block) -> Block:
    return {"type": "actions", "block_id": "duel", "elements": list(elements)}


def _button(action: str, label: str, duel: Duel) -> Block:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action, "text": text, "value": duel.id}


def _markdown(text: str) -> Block:
    return {"type": "markdown", "text": text}
