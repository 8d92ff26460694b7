"""A channel's settings as a modal, and what is shown once they are saved."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.budgets import money
from bot.channel import LONGEST_SYSTEM, ChannelSettings, Starters, terms
from bot.digest import DAYS, Slot
from bot.duel import ContenderId, Place
from bot.durations import say_duration
from bot.rules import Voters
from bot.settling import Sheet
from bot.words import Language
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
    Voters.EVERYBODY: "Everybody's, guests and people of other workspaces too",
    Voters.TEAM: "Members' and guests', not people's of other workspaces",
    Voters.MEMBERS: "Members' only",
}
STARTERS: Mapping[Starters, str] = {
    Starters.EVERYBODY: "Everybody",
    Starters.MEMBERS: "Members only, no guests",
    Starters.NAMED: "Only the people named below",
}
REVEALS = {"asker": "Only whoever asked", "anyone": "Anyone"}
LANGUAGES: Mapping[Language, str] = {
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
    Language.CHINESE: "中文",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def modal(sheet: Sheet, labels: Labels) -> Block:
    """The form, with what holds now in its fields, and what is usual here beside them."""
    held, house = sheet.settings, sheet.house
    usual = terms(house, ChannelSettings())
    slot = sheet.digest or (sheet.schedule.slot if sheet.schedule else Slot.usual())
    limit = house.budgets.of_room
    at_most_duels = None if limit is None or limit.duels is None else f"at most {limit.duels}"
    at_most_usd = None if limit is None or limit.usd is None else f"at most {money(limit.usd)}"
    blocks = [
        _text(f"For <#{sheet.room}>. What is left empty stays as usual. Duels that are on keep their rules."),
        _input(
            "pair", "Who duels by default", _pair(sheet, labels), f"As usual: {_versus(usual.pair, labels)}"
        ),
        _input(
            "system",
            "System prompt for both",
            _line(held.system, multiline=True, max_length=LONGEST_SYSTEM),
            "What both models are told before each prompt. It leaves Slack with it.",
        ),
        _input(
            "signs",
            "Four emoji to vote with",
            _line(", ".join(held.signs) if held.signs else None),
            f"For A, B, equally good and both bad. As usual: {', '.join(house.rules.signs)}",
        ),
        _input(
            "vote_for",
            "How long a vote stays open",
            _line(None if held.vote_for is None else say_duration(held.vote_for)),
            f"Like 10m, 24h or 2d. As usual: {say_duration(house.vote_for)}",
        ),
        _input(
            "quorum",
            "Close a vote at this many votes",
            _number(held.quorum),
            f"0: by time only. As usual: {house.rules.quorum or 'by time only'}",
        ),
        _input("starters", "Who may start duels", _choice(STARTERS, held.starters, STARTERS[house.starters])),
        _input("named", "People who may", _people(held.named)),
        _input("voters", "Whose votes count", _choice(VOTERS, held.voters, VOTERS[house.rules.voters])),
        _input(
            "reveal",
            "Who may reveal early",
            _choice(
                REVEALS, _reveal(held.anyone_reveals), REVEALS[_reveal(house.rules.anyone_reveals) or "asker"]
            ),
        ),
        _input("duels_a_day", "Duels a day, here", _number(held.duels_a_day), _limit(at_most_duels)),
        _input("usd_a_day", "US dollars a day, here", _line(_plain(held)), _limit(at_most_usd)),
        _input("language", "What Duel speaks here", _language(held.language, house.language)),
        _input("digest", "Weekly digest", _digest(sheet.digest), None),
        _input(
            "digest_at",
            "Hour of the digest",
            {"type": "timepicker", "action_id": FIELD, "initial_time": f"{slot.at:%H:%M}"},
        ),
        _input("digest_zone", "Its time zone", _line(slot.zone.key), "Like Europe/Berlin"),
    ]
    return {
        "type": "modal",
        "callback_id": SETTINGS,
        "private_metadata": json.dumps({"room": sheet.room, "since": sheet.revision}),
        "title": _plain_text("Duel in this channel"),
        "submit": _plain_text("Save"),
        "close": _plain_text("Cancel"),
        "blocks": blocks,
    }


def saved(sheet: Sheet, labels: Labels) -> Block:
    """What holds from now on, to whoever saved it."""
    here, held = terms(sheet.house, sheet.settings), sheet.settings
    limit = here.budgets.of_room
    starters = held.starters or sheet.house.starters
    who = (
        ", ".join(f"by <@{user}>" for user in held.named)
        if starters is Starters.NAMED
        else STARTERS[starters]
    )
    lines = [
        f"*Pair:* {mrkdwn(_versus(here.pair, labels))}",
        f"*System prompt:* {_quoted(here.rules.system)}",
        f"*Votes:* {' '.join(f':{sign}:' for sign in here.rules.signs)}, for {say_duration(here.vote_for)}"
        + (f" or until there are {here.rules.quorum}" if here.rules.quorum else ""),
        f"*Whose votes count:* {VOTERS[here.rules.voters].lower()}",
        f"*Who starts duels:* {who}",
        f"*Who reveals early:* {REVEALS['anyone' if here.rules.anyone_reveals else 'asker'].lower()}",
        f"*Limits a day:* {_limits(limit.duels if limit else None, limit and limit.usd)}",
        f"*Language:* {LANGUAGES[held.language or sheet.house.language]}",
        f"*Digest:* {said_slot(sheet.digest) if sheet.digest else 'none'}",
    ]
    text = f"From now on, in <#{sheet.room}>:\n" + "\n".join(f"• {line}" for line in lines)
    return notice(text, "Saved")


def notice(text: str, title: str = "Duel") -> Block:
    """A few words in a window, to one person."""
    return {
        "type": "modal",
        "title": _plain_text(title),
        "close": _plain_text("Close"),
        "blocks": [_text(text)],
    }


def said_slot(slot: Slot) -> str:
    """e.g. `every Monday at 09:00 (Europe/Berlin)`."""
    return f"every {WEEKDAYS[slot.weekday]} at {slot.at:%H:%M} ({slot.zone.key})"


def _pair(sheet: Sheet, labels: Labels) -> Block:
    held = sheet.settings.pair or ()
    names = list(dict.fromkeys([*held, *sheet.ready]))[:100]
    options = {name: _option(shorten(labels.get(name, name), 75), name) for name in names}
    return {
        "type": "multi_static_select",
        "action_id": FIELD,
        "placeholder": _plain_text("Two models that are ready"),
        "max_selected_items": 2,
        "options": list(options.values()),
        **({"initial_options": [options[name] for name in held]} if held else {}),
    }


def _choice(said: Mapping[Any, str], held: str | None, usual: str) -> Block:
    options = {USUAL: _option(shorten(f"As usual: {usual[0].lower()}{usual[1:]}", 75), USUAL)}
    options |= {str(value): _option(label, str(value)) for value, label in said.items()}
    return {
        "type": "static_select",
        "action_id": FIELD,
        "options": list(options.values()),
        "initial_option": options[USUAL if held is None else str(held)],
    }


def _language(held: Language | None, usual: Language) -> Block:
    options = {USUAL: _option(f"As usual: {LANGUAGES[usual]}", USUAL)}
    options |= {str(value): _option(label, str(value)) for value, label in LANGUAGES.items()}
    return {
        "type": "static_select",
        "action_id": FIELD,
        "options": list(options.values()),
        "initial_option": options[held or USUAL],
    }


def _digest(slot: Slot | None) -> Block:
    options = {OFF: _option("None", OFF)}
    options |= {day: _option(f"Every {name}", day) for day, name in zip(DAYS, WEEKDAYS, strict=True)}
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
        "placeholder": _plain_text("Only where named people may"),
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


def _limit(at_most: str | None) -> str:
    return f"Your operator allows {at_most}." if at_most else "As usual: no limit for a channel"


def _quoted(text: str | None) -> str:
    return f"“{mrkdwn(shorten(text, 200))}”" if text else "none"


def _limits(duels: int | None, usd: Any) -> str:
    parts = [] if duels is None else [f"{duels} duel{'' if duels == 1 else 's'}"]
    parts += [] if usd is None else [money(usd)]
    return " and ".join(parts) or "none for this channel"


def _versus(pair: tuple[ContenderId, ContenderId], labels: Labels) -> str:
    return " against ".join(labels.get(name, name) for name in pair)


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
