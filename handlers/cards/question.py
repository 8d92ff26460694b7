"""A question's message: who is answering, the answer under its name, and in one line why that one gave it."""

from collections.abc import Mapping

from bot.duel import Answer, ContenderId, Outcome
from bot.question import Question
from bot.words import figure, noted, say
from handlers.cards import Block, Message
from handlers.cards.figures import speed
from handlers.cards.markdown import safe, split
from handlers.cards.reason import why_chosen
from handlers.cards.text import clean, mrkdwn, shorten

Labels = Mapping[ContenderId, str]

PART = 9_000
"""Characters of one part of a long answer, as in a duel."""
INLINE = 3_000
"""An answer up to this many characters stands in the message itself."""
PREVIEW = 600
PROMPT = 2_500
CUT_OFF = noted("_It reached its token limit and was cut off here._")


def waiting(question: Question, labels: Labels, *, elapsed_s: float = 0) -> Message:
    """While the chosen one is at it."""
    name = _name(question, labels)
    elapsed = " · " + say("{number} s", number=figure(elapsed_s, ".0f")) if elapsed_s >= 1 else ""
    answering = say("*{name}* is answering…", name=name)
    return {
        "text": say("“{prompt}” — {name} is answering.", prompt=_short(question), name=name),
        "blocks": [*_asked(question), _context(f"⏳ {answering}{elapsed}")],
    }


def answered(question: Question, answer: Answer, labels: Labels) -> Message:
    """The answer, who gave it at what speed and cost, and why it was the one to; or how it failed."""
    name = _name(question, labels)
    body = _body(answer)
    goes_on = "\n\n" + say("_… goes on in the thread_")
    shown = split(body, PREVIEW)[0] + goes_on if is_long(answer) else body
    text: list[Block] = [{"type": "markdown", "text": shown}] if answer.text.strip() else []
    if not answer.outcome.votable:
        why = say(
            "*{name}* could not answer: {why}. Ask again, or let both answer: `/duel …`",
            name=name,
            why=mrkdwn(say(answer.detail)),
        )
        return {
            "text": _about(question, why).replace("*", ""),
            "blocks": [*_asked(question), _section(why), *text],
        }
    plain = mrkdwn(shorten(answer.text, 200))
    reason = why_chosen(question, labels, answer)
    return {
        "text": _about(question, f"{name}: {plain}"),
        "blocks": [
            *_asked(question),
            _section(f"*{name}*"),
            *text,
            _context(speed(answer)),
            _context(reason),
        ],
    }


def failed(question: Question, why: str) -> Message:
    """There will be no answer."""
    text = say("There is no answer. {why}", why=mrkdwn(say(why)))
    return {"text": _about(question, text), "blocks": [*_asked(question), _section(text)]}


def parts(question: Question, answer: Answer, labels: Labels) -> list[Message]:
    """A long answer, as messages for the thread; none for others."""
    if not is_long(answer):
        return []
    texts = split(_body(answer), PART)
    name = _name(question, labels)
    messages: list[Message] = []
    for number, text in enumerate(texts, 1):
        of = f" ({number}/{len(texts)})" if len(texts) > 1 else ""
        blocks: list[Block] = [_section(f"*{name}*{of}"), {"type": "markdown", "text": text}]
        messages.append({"text": f"{name}{of}", "blocks": blocks})
    return messages


def is_long(answer: Answer) -> bool:
    """Whether the whole of it stands in the thread."""
    return len(_body(answer)) > INLINE


def rest_of_prompt(question: Question) -> list[Message]:
    """A prompt that is too long for the card, whole, as messages for the thread; none for others."""
    prompt = clean(question.prompt)
    if len(prompt) <= PROMPT:
        return []
    pieces = [prompt[start : start + PROMPT] for start in range(0, len(prompt), PROMPT)]
    return [
        {
            "text": say("The question ({number}/{of})", number=number, of=len(pieces)),
            "blocks": [_quote(piece)],
        }
        for number, piece in enumerate(pieces, 1)
    ]


def told_failure(question: Question, answer: Answer, labels: Labels) -> str:
    """For the asker alone."""
    return say(
        "{name} could not answer “{prompt}”: {why}. Ask again, or let both answer: `/duel …`",
        name=_name(question, labels),
        prompt=_short(question),
        why=mrkdwn(say(answer.detail)),
    )


def _name(question: Question, labels: Labels) -> str:
    assert question.choice is not None
    assert question.choice.chosen is not None
    return mrkdwn(labels.get(question.choice.chosen, question.choice.chosen))


def _body(answer: Answer) -> str:
    text = safe(answer.text.strip())
    return f"{text}\n\n{say(CUT_OFF)}" if answer.outcome is Outcome.CUT_OFF else text


def _about(question: Question, text: str) -> str:
    """For a notification."""
    return say("“{prompt}” — {text}", prompt=_short(question), text=text)


def _short(question: Question) -> str:
    return mrkdwn(shorten(question.prompt, 80))


def _asked(question: Question) -> list[Block]:
    prompt = clean(question.prompt)
    shown = prompt if len(prompt) <= PROMPT else prompt[: PROMPT - 1] + "…"
    return [
        _section(say("💬 *Question*, asked by {who}", who=f"<@{question.asker.user}>")),
        _quote(shown),
        *([_context(say("The whole question stands in the thread."))] if shown != prompt else []),
    ]


def _quote(text: str) -> Block:
    """Somebody's words, in a block in which nothing is live and nothing is markup."""
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [quote]}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}
