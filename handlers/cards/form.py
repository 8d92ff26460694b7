"""The form in which a duel is put together: what it offers, and what was chosen in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.duel import ContenderId, Pair
from bot.durations import say_duration
from bot.words import Language, noted, say, spoken
from handlers.cards import Block
from handlers.cards.duel import Labels
from handlers.cards.text import shorten
from handlers.cards.topics import TOPIC_LABELS

ASK = "ask_duel"
"""Callback id of the form."""
PROMPT, FIRST, SECOND, TOPIC, LENGTH, WHERE, THREAD = (
    "prompt",
    "first",
    "second",
    "topic",
    "length",
    "where",
    "thread",
)
"""Its fields: each names a block and the element in it."""
MOST_PROMPT = 3000
"""Characters that Slack takes in one field."""
MOST_OPTIONS = 100
USUAL = noted("As usual in that channel")

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Offer:
    """What can be chosen here."""

    names: Sequence[ContenderId]
    labels: Labels
    pair: Pair
    vote_for: timedelta
    max_prompt: int


def form(offer: Offer, room: str | None) -> Block:
    """An empty form; `room` is the conversation that it was opened in, where that is known.

    Where it is not, nobody knows yet whose usual pair and length hold: then they are left open.
    """
    here: Block = {"initial_conversation": room} if room else {"default_to_current_conversation": True}
    topics = [_option(say(label), topic) for topic, label in TOPIC_LABELS.items()]
    usual = {"initial_value": say_duration(offer.vote_for)} if room else {"placeholder": _plain(say(USUAL))}
    length = {"type": "plain_text_input", **usual}
    prompt = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": min(MOST_PROMPT, offer.max_prompt),
        "placeholder": _plain(say("Why is the sky blue?")),
    }
    return {
        "type": "modal",
        "callback_id": ASK,
        "private_metadata": spoken(),
        "title": _plain(say("A new duel")),
        "submit": _plain("Duel"),
        "close": _plain(say("Cancel")),
        "blocks": [
            _input(PROMPT, say("Prompt"), prompt),
            _input(FIRST, say("One contender"), _contenders(offer, 0, known=bool(room)), optional=True),
            _input(
                SECOND,
                say("The other"),
                _contenders(offer, 1, known=bool(room)),
                hint=say("A coin decides which of them is A."),
                optional=True,
            ),
            _input(TOPIC, say("Topic"), {"type": "static_select", "options": topics}, optional=True),
            _input(
                LENGTH,
                say("The vote stays open for"),
                length,
                hint=say("Like 10m, 24h or 2d"),
                optional=True,
            ),
            _input(WHERE, say("Where"), {"type": "conversations_select", **here}),
            _input(
                THREAD,
                say("In a thread"),
                {"type": "plain_text_input", "placeholder": _plain("https://…/archives/…")},
                hint=say("The link to a message there, from its menu: the duel goes into its thread."),
                optional=True,
            ),
        ],
    }


def language_of(view: Mapping[str, Any]) -> Language:
    """In which a form was opened: whoever submits it is answered in the same."""
    return Language(view.get("private_metadata") or spoken())


def chosen(values: Values) -> dict[str, str]:
    """What stands in the form, field by field; an empty string where nothing does."""
    return {
        name: _value(values.get(name, {}).get(name, {}))
        for name in (PROMPT, FIRST, SECOND, TOPIC, LENGTH, WHERE, THREAD)
    }


def _value(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    return str(element.get("value") or option.get("value") or element.get("selected_conversation") or "")


def _contenders(offer: Offer, seat: int, *, known: bool) -> Block:
    options = {
        name: _option(shorten(offer.labels.get(name, name), 75), name) for name in offer.names[:MOST_OPTIONS]
    }
    usual = options.get(offer.pair[seat]) if known else None
    menu: Block = {
        "type": "static_select",
        "options": list(options.values()),
        "placeholder": _plain(say(USUAL)),
    }
    return menu if usual is None else {**menu, "initial_option": usual}


def _option(label: str, value: str) -> Block:
    return {"text": _plain(label), "value": str(value)}


def _input(name: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "optional": optional,
        "element": {**element, "action_id": name},
        **({"hint": _plain(hint)} if hint else {}),
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
