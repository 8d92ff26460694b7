"""A channel's settings as a modal, and what is shown once they are saved."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.budgets import money
from bot.channel import LONGEST_SYSTEM, ChannelSettings, Starters, Terms, terms
from bot.digest import DAYS, Slot
from bot.duel import ContenderId, Place
from bot.durations import say_duration, spell_duration
from bot.rules import Voters
from bot.settling import Sheet
from bot.words import Language, after_colon, listed, noted, say, say_many
from handlers.cards import Block
from handlers.cards.duel import Labels
from handlers.cards.text import mrkdwn, shorten

SETTINGS = "channel_settings"
"""Callback id of the modal."""
FIELD = "field"
"""Action id of each field; its block is named after the setting."""
USUAL = "usual"
OFF = "off"
VOTERS: Mapping[Voters, str] = {
    Voters.EVERYBODY: noted("Everybody's, guests and people of other workspaces too"),
    Voters.TEAM: noted("Members' and guests', not people's of other workspaces"),
    Voters.MEMBERS: noted("Members' only"),
}
STARTERS: Mapping[Starters, str] = {
    Starters.EVERYBODY: noted("Everybody"),
    Starters.MEMBERS: noted("Members only, no guests"),
    Starters.NAMED: noted("Only the people named below"),
}
REVEALS = {"asker": noted("Only whoever asked"), "anyone": noted("Anyone")}
LANGUAGES: Mapping[Language, str] = {
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
    Language.CHINESE: "中文",
}
WEEKDAYS = (
    noted("Monday"),
    noted("Tuesday"),
    noted("Wednesday"),
    noted("Thursday"),
    noted("Friday"),
    noted("Saturday"),
    noted("Sunday"),
)


def modal(sheet: Sheet, labels: Labels, above: str = "") -> Block:
    """The form, with what holds now in its fields, and what is usual here beside them.

    `above` says why it is shown above another one, to which its *Back* leads.
    """
    return {
        "type": "modal",
        "callback_id": SETTINGS,
        "private_metadata": json.dumps({"room": sheet.room, "since": sheet.revision}),
        "title": _plain_text(say("Duel in this channel")),
        "submit": _plain_text(say("Save")),
        "close": _plain_text(say("Back") if above else say("Cancel")),
        "blocks": [
            *([_text(above)] if above else []),
            _text(
                say(
                    "For {room}. What is left empty stays as usual. Duels that are on keep their rules.",
                    room=f"<#{sheet.room}>",
                )
            ),
            *_votes(sheet, labels),
            *_people_and_limits(sheet),
            *_language_and_digest(sheet),
        ],
    }


def _votes(sheet: Sheet, labels: Labels) -> list[Block]:
    """Who is asked, and how a vote is held."""
    held, house = sheet.settings, sheet.house
    quorum = house.rules.quorum
    return [
        _input(
            "pair",
            say("Who duels by default"),
            _pair(sheet, labels),
            _usually(_versus(terms(house, ChannelSettings()).pair, labels)),
        ),
        _input(
            "system",
            say("System prompt for both"),
            _line(held.system, multiline=True, max_length=LONGEST_SYSTEM),
            say("What both models are told before each prompt. It leaves Slack with it."),
        ),
        _input(
            "signs",
            say("Four emoji to vote with"),
            _line(", ".join(held.signs) if held.signs else None),
            say("For A, B, equally good and both bad. As usual: {signs}", signs=", ".join(house.rules.signs)),
        ),
        _input(
            "vote_for",
            say("How long a vote stays open"),
            _line(None if held.vote_for is None else say_duration(held.vote_for)),
            say("Like 10m, 24h or 2d. As usual: {length}", length=say_duration(house.vote_for)),
        ),
        _input(
            "quorum",
            say("Close a vote at this many votes"),
            _number(held.quorum),
            say("0: by time only. As usual: {number}", number=quorum)
            if quorum
            else say("0: by time only. As usual: by time only"),
        ),
    ]


def _people_and_limits(sheet: Sheet) -> list[Block]:
    """Who may do what here, and how much of it."""
    held, house = sheet.settings, sheet.house
    limit = house.budgets.of_room
    duels, usd = (limit.duels, limit.usd) if limit else (None, None)
    reveal = _reveal(house.rules.anyone_reveals) or "asker"
    return [
        _input(
            "starters", say("Who may start duels"), _choice(STARTERS, held.starters, STARTERS[house.starters])
        ),
        _input("named", say("People who may start duels"), _people(held.named)),
        _input("voters", say("Whose votes count"), _choice(VOTERS, held.voters, VOTERS[house.rules.voters])),
        _input(
            "reveal",
            say("Who may reveal early"),
            _choice(REVEALS, _reveal(held.anyone_reveals), REVEALS[reveal]),
        ),
        _input("duels_a_day", say("Duels a day, here"), _number(held.duels_a_day), _limit(duels)),
        _input(
            "usd_a_day",
            say("US dollars a day, here"),
            _line(_plain(held)),
            _limit(None if usd is None else money(usd)),
        ),
    ]


def _language_and_digest(sheet: Sheet) -> list[Block]:
    """How it speaks, and when it tells of the week."""
    slot = sheet.digest or (sheet.schedule.slot if sheet.schedule else Slot.usual())
    return [
        _input(
            "language",
            say("What Duel speaks here"),
            _language(sheet.settings.language, sheet.house.language),
        ),
        _input("digest", say("Weekly digest"), _digest(sheet.digest), None),
        _input(
            "digest_at",
            say("Hour of the digest"),
            {"type": "timepicker", "action_id": FIELD, "initial_time": f"{slot.at:%H:%M}"},
        ),
        _input("digest_zone", say("Its time zone"), _line(slot.zone.key), say("Like Europe/Berlin")),
    ]


def saved(sheet: Sheet, labels: Labels) -> Block:
    """What holds from now on, to whoever saved it."""
    here, held = terms(sheet.house, sheet.settings), sheet.settings
    limit = here.budgets.of_room
    limits = _limits(limit.duels if limit else None, limit.usd if limit else None)
    reveal = REVEALS["anyone" if here.rules.anyone_reveals else "asker"]
    lines = [
        say("*Pair:* {pair}", pair=mrkdwn(_versus(here.pair, labels))),
        say("*System prompt:* {text}", text=_quoted(here.rules.system)),
        _voting(here),
        say("*Whose votes count:* {whose}", whose=after_colon(say(VOTERS[here.rules.voters]))),
        say("*Who starts duels:* {who}", who=_who_starts(held, held.starters or sheet.house.starters)),
        say("*Who reveals early:* {who}", who=after_colon(say(reveal))),
        say("*Limits a day:* {limits}", limits=limits),
        say("*Language:* {language}", language=LANGUAGES[held.language or sheet.house.language]),
        say("*Digest:* {when}", when=said_slot(sheet.digest) if sheet.digest else say("none")),
    ]
    head = say("From now on, in {room}:", room=f"<#{sheet.room}>")
    told = notice(head + "\n" + "\n".join(f"• {line}" for line in lines), say("Saved"))
    return {**told, "clear_on_close": True}  # with an older form that may lie beneath


def _voting(here: Terms) -> str:
    signs, length = " ".join(f":{sign}:" for sign in here.rules.signs), spell_duration(here.vote_for)
    if not here.rules.quorum:
        return say("*Votes:* {signs}, for {length}", signs=signs, length=length)
    return say(
        "*Votes:* {signs}, for {length} or until there are {number}",
        signs=signs,
        length=length,
        number=here.rules.quorum,
    )


def _who_starts(held: ChannelSettings, starters: Starters) -> str:
    if starters is Starters.NAMED:
        return say("only {people}", people=listed(f"<@{user}>" for user in held.named))
    return say(STARTERS[starters])


def notice(text: str, title: str = "Duel") -> Block:
    """A few words in a window, to one person."""
    return {
        "type": "modal",
        "title": _plain_text(title),
        "close": _plain_text(say("Close")),
        "blocks": [_text(text)],
    }


def said_slot(slot: Slot) -> str:
    """e.g. `every Monday at 09:00 (Europe/Berlin)`."""
    return say(
        "every {day} at {time} ({zone})",
        day=say(WEEKDAYS[slot.weekday]),
        time=f"{slot.at:%H:%M}",
        zone=slot.zone.key,
    )


def _pair(sheet: Sheet, labels: Labels) -> Block:
    held = sheet.settings.pair or ()
    names = list(dict.fromkeys([*held, *sheet.ready]))[:100]
    options = {name: _option(shorten(labels.get(name, name), 75), name) for name in names}
    return {
        "type": "multi_static_select",
        "action_id": FIELD,
        "placeholder": _plain_text(say("Two models that are ready")),
        "max_selected_items": 2,
        "options": list(options.values()),
        **({"initial_options": [options[name] for name in held]} if held else {}),
    }


def _choice(said: Mapping[Any, str], held: str | None, usual: str) -> Block:
    options = {USUAL: _option(shorten(_usually(after_colon(say(usual))), 75), USUAL)}
    options |= {str(value): _option(say(label), str(value)) for value, label in said.items()}
    return {
        "type": "static_select",
        "action_id": FIELD,
        "options": list(options.values()),
        "initial_option": options[USUAL if held is None else str(held)],
    }


def _language(held: Language | None, usual: Language) -> Block:
    options = {USUAL: _option(_usually(LANGUAGES[usual]), USUAL)}
    options |= {str(value): _option(label, str(value)) for value, label in LANGUAGES.items()}
    return {
        "type": "static_select",
        "action_id": FIELD,
        "options": list(options.values()),
        "initial_option": options[held or USUAL],
    }


def _digest(slot: Slot | None) -> Block:
    options = {OFF: _option(say("None"), OFF)}
    for day, name in zip(DAYS, WEEKDAYS, strict=True):
        options[day] = _option(say("Every {day}", day=say(name)), day)
    return {
        "type": "static_select",
        "action_id": FIELD,
        "options": list(options.values()),
        "initial_option": options[DAYS[slot.weekday] if slot else OFF],
    }


def _people(named: Sequence[str]) -> Block:
    chosen = {"initial_users": list(named)} if named else {}
    return {
        "type": "multi_users_select",
        "action_id": FIELD,
        "placeholder": _plain_text(say("Only with “{choice}”", choice=say(STARTERS[Starters.NAMED]))),
        **chosen,
    }


def _line(held: str | None, **more: Any) -> Block:
    return {
        "type": "plain_text_input",
        "action_id": FIELD,
        **({"initial_value": held} if held else {}),
        **more,
    }


def _number(held: int | None) -> Block:
    chosen = {} if held is None else {"initial_value": str(held)}
    return {
        "type": "number_input",
        "action_id": FIELD,
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": "1000000",
        **chosen,
    }


def _input(name: str, label: str, element: Block, hint: str | None = None) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain_text(label),
        "element": element,
        "optional": element["type"] not in ("static_select", "timepicker"),
        **({"hint": _plain_text(hint)} if hint else {}),
    }


def _reveal(anyone: bool | None) -> str | None:
    return None if anyone is None else "anyone" if anyone else "asker"


def _plain(held: ChannelSettings) -> str | None:
    return None if held.usd_a_day is None else format(held.usd_a_day, "f")


def _limit(limit: int | str | None) -> str:
    if limit is None:
        return say("As usual: no limit for a channel")
    return say("Your operator allows at most {limit}.", limit=limit)


def _usually(what: str) -> str:
    return say("As usual: {what}", what=what)


def _quoted(text: str | None) -> str:
    return f"“{mrkdwn(shorten(text, 200))}”" if text else say("none")


def _limits(duels: int | None, usd: Decimal | None) -> str:
    parts = [] if duels is None else [say_many("{count} duel", "{count} duels", duels)]
    parts += [] if usd is None else [money(usd)]
    return say(" and ").join(parts) or say("none for this channel")


def _versus(pair: tuple[ContenderId, ContenderId], labels: Labels) -> str:
    one, other = (labels.get(name, name) for name in pair)
    return say("{one} against {other}", one=one, other=other)


def _option(label: str, value: str) -> Block:
    return {"text": _plain_text(label), "value": value}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _text(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900], "verbatim": True}}


def room_of(metadata: str) -> tuple[Place, int]:
    """Which channel a modal is about, and the revision that it showed."""
    kept = json.loads(metadata)
    return Place(kept["room"]), int(kept["since"])
