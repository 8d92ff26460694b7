"""The form: opened by `/duel` alone or by a shortcut, read when it is submitted."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.arena import Arena, check_prompt
from bot.door import Door
from bot.duel import Person, Place, Topic
from bot.errors import StageError, UsageError
from bot.words import say, speak
from handlers.asides import thread_linked
from handlers.cards import form as cards
from handlers.command import vote_length
from handlers.workspaces import Workspaces

NEW_DUEL = "new_duel"
"""Callback id of the shortcut that opens the form from anywhere."""


class Forms:
    """Opens forms and reads them."""

    def __init__(self, workspaces: Workspaces, offer: cards.Offer, arena: Arena, door: Door) -> None:
        self._workspaces = workspaces
        self._offer = offer
        self._arena = arena
        self._door = door

    async def open(self, team: str, trigger_id: str, room: str | None = None) -> None:
        """Show it, within the time that Slack allows, with what is usual in that conversation.

        Raises `UsageError`, which tells how to do without.
        """
        offer = self._offer
        if room is not None:
            here = await self._door.terms(team, Place(room))
            offer = replace(offer, pair=here.pair, vote_for=here.vote_for)
        try:
            await (await self._workspaces.slack(team)).open_view(trigger_id, cards.form(offer, room))
        except StageError as error:
            raise UsageError(
                say(
                    "If no form has opened ({error}), type it: `/duel why is the sky blue?` "
                    "All that can be said besides: `/duel help`.",
                    error=error,
                )
            ) from None

    async def read(self, body: dict[str, Any], view: dict[str, Any]) -> Mapping[str, str]:
        """Make a duel of it; or gives back what is wrong, by field."""
        asker = Person(body["team"]["id"], body["user"]["id"])
        given = cards.chosen(view["state"]["values"])
        # the answer to it may have been lost: whoever then submits something else means another duel
        key = f"{asker.team}:view:{view['id']}:{json.dumps(given, sort_keys=True)}"
        try:
            await self._ask(given, asker, key)
        except _Wrong as wrong:
            return wrong.fields
        return {}

    async def _ask(self, given: Mapping[str, str], asker: Person, key: str) -> None:
        wrong: dict[str, str] = {}
        pair = (
            (given[cards.FIRST], given[cards.SECOND]) if given[cards.FIRST] or given[cards.SECOND] else None
        )
        try:
            check_prompt(given[cards.PROMPT], self._arena.max_prompt)
        except UsageError as error:
            wrong[cards.PROMPT] = _plain(error)
        try:
            if pair is not None and not all(pair):
                raise UsageError("A duel takes two: choose both, or neither for the usual pair.")
            if pair is not None:
                await self._arena.check_pair(pair)
        except UsageError as error:
            wrong[cards.SECOND] = _plain(error)
        try:
            vote_for = vote_length(given[cards.LENGTH], "10m") if given[cards.LENGTH].strip() else None
        except UsageError as error:
            wrong[cards.LENGTH] = _plain(error)
        room, link = Place(given[cards.WHERE]), given[cards.THREAD].strip()
        within = thread_linked(link)
        if link and within is None:
            wrong[cards.THREAD] = say("That is no link to a message: choose Copy link in the message's menu.")
        elif within is not None and not within.startswith(f"{room}/"):
            wrong[cards.THREAD] = say("That message is in another conversation than the one chosen above.")
        if wrong:
            raise _Wrong(wrong)
        try:
            await self._arena.challenge(
                given[cards.PROMPT],
                key=key,
                asked_by=asker,
                room=room,
                within=within,
                pair=pair,
                vote_for=vote_for,
                topic=Topic(given[cards.TOPIC]) if given[cards.TOPIC] else None,
            )
        except UsageError as error:  # a limit: no field is at fault
            raise _Wrong({cards.PROMPT: _plain(error)}) from None


async def shortcut(ack: AsyncAck, shortcut: dict[str, Any], *, forms: Forms) -> None:
    """*New duel*, from anywhere: the form asks where as well."""
    await forms.open(shortcut["team"]["id"], shortcut["trigger_id"])
    await ack()


async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], *, forms: Forms) -> None:
    """A duel, or what is wrong beside the field that it is wrong in: nothing typed is lost."""
    speak(cards.language_of(view))
    if wrong := await forms.read(body, view):
        await ack(response_action="errors", errors=dict(wrong))
    else:
        await ack()


class _Wrong(Exception):
    """What is wrong in which field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def _plain(error: UsageError) -> str:
    """Slack shows no markup beside a field."""
    return say(str(error)).replace("`", "")
