"""Talking to Slack: which calls may be repeated, what its refusals mean, and how a message is posted once."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.duel import DuelId, Place
from bot.errors import (
    Away,
    FateUnknown,
    NotInvited,
    SettingsError,
    StageAway,
    StageError,
    StageGone,
    UsageError,
)
from bot.jobs import Lease
from bot.teams import Installation
from bot.words import kept, noted
from handlers.cards import Message

log = logging.getLogger(__name__)

EVENT_TYPE = "duel"
TIMEOUT_S = 10
"""Far below a job's lease, so that a call cannot outlive the right to make it."""
OPEN_WITHIN_S = 2.0
PAGE = 200
"""Messages in one look for one that may have been posted; there are as many looks as it takes."""
CLOCKS_DIFFER = timedelta(minutes=10)
"""Slack's clock and ours, at the most: how much older than its occasion a post may seem."""

_NOT_INVITED = {"not_in_channel", "channel_not_found"}
"""A duel that is asked for there is not begun; one that was begun before Duel was removed is ended."""
NO_TOKEN = kept("Slack refuses the token ({said}).")
TROUBLES = kept("Slack has troubles of its own ({said}).")
NOT_REACHED = kept("Slack could not be reached ({error}).")
NOT_GRANTED = kept("Slack refused: {said} (scope {needed}: reinstall the app by its manifest).")
REFUSED = kept("Slack refused: {said}.")
_GONE = {
    "message_not_found": noted("The duel's message was deleted."),
    "cant_update_message": noted("The duel's message was deleted."),
    "thread_not_found": noted("The message of this thread was deleted."),
    "is_archived": noted("The channel was archived."),
}
_TOKEN = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
"""The operator's to mend. Meanwhile it is as if Slack were away: a token that is changed ends no duel."""
_AWAY = {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "ratelimited", ""}


class Slack:
    """Slack's Web API as a duel uses it: `post` exactly once, everything else as often as need be."""

    def __init__(self, token: str, base_url: str, session: aiohttp.ClientSession) -> None:
        """`session` is the caller's, opened with a total time-out of `TIMEOUT_S`."""
        again = [
            AsyncRateLimitErrorRetryHandler(max_retry_count=5),
            AsyncServerErrorRetryHandler(max_retry_count=2),
            AsyncConnectionErrorRetryHandler(),
        ]
        # What is shown is sent once: a repetition would double a post that Slack had taken, and one that
        # comes late would put an old card over a newer one. The job tries again, after a look at its fence.
        self._once = AsyncWebClient(token, base_url, timeout=TIMEOUT_S, session=session, retry_handlers=[])
        self._repeatable = AsyncWebClient(
            token, base_url, timeout=TIMEOUT_S, session=session, retry_handlers=[*again]
        )
        self._session = session
        self._token = token

    @property
    def client(self) -> AsyncWebClient:
        """For calls that may be repeated."""
        return self._repeatable

    @property
    def unrepeated(self) -> AsyncWebClient:
        """For calls that show something, and must not be repeated by themselves."""
        return self._once

    async def me(self) -> Installation:
        """Whose token this is. Raises `SettingsError` if Slack refuses it."""
        try:
            is_ = await self._repeatable.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise cannot_start(error, "SLACK_BOT_TOKEN", "OAuth & Permissions") from None
        return Installation(is_["team_id"], is_["team"], self._token, is_["user_id"], is_["bot_id"])

    async def post(
        self,
        lease: Lease,
        message: Message,
        *,
        part: str,
        channel: str,
        since: datetime,
        duel: DuelId | None = None,
        thread: str | None = None,
    ) -> str:
        """Post a message, of that duel or of the job itself, and give back its `ts`.

        `since` is the occasion for it: no try can have been made before.

        Slack has no key against doubles: where an earlier try may have got through, our own metadata is
        looked for first, and what is found is taken for ours.
        """

        async def send() -> str:
            whose = {"notice": lease.job.id} if duel is None else {"duel_id": duel}
            metadata = {"event_type": EVENT_TYPE, "event_payload": {**whose, "part": part}}
            if lease.taken_over and (found := await self._find(metadata, channel, thread, since)):
                return found
            await lease.check()
            async with translated(posting=True):
                posted = await self._once.chat_postMessage(
                    channel=channel,
                    thread_ts=thread,
                    metadata=metadata,
                    unfurl_links=False,
                    unfurl_media=False,
                    **message,
                )
            return str(posted["ts"])

        return await lease.once(f"post {part}", send)

    async def update(self, lease: Lease, channel: str, ts: str, message: Message) -> None:
        """Make a message what it is to be now."""
        await lease.check()
        async with translated():
            await self._once.chat_update(
                channel=channel, ts=ts, unfurl_links=False, unfurl_media=False, **message
            )

    async def sign_of_life(self, lease: Lease, channel: str, ts: str, message: Message) -> None:
        """Update a message if Slack lets us just now; raises `StageGone` if there is no message any more."""
        try:
            await self.update(lease, channel, ts, message)
        except StageGone:
            raise
        except (StageError, Away) as error:
            log.info("left out a sign of life: %s", error)

    async def react(self, channel: str, ts: str, name: str) -> None:
        """Put a reaction on, if it is not on already. One that Slack does not know is left to the people."""
        try:
            async with translated(fine="already_reacted"):
                await self._repeatable.reactions_add(channel=channel, timestamp=ts, name=name)
        except (NotInvited, StageGone, StageAway):
            raise
        except StageError as error:
            log.error("could not offer :%s: to vote with: %s Correct VOTE_EMOJI.", name, error)

    async def publish_home(self, user: str, view: dict[str, Any]) -> None:
        """Make that what this person sees in the app's Home."""
        async with translated():
            await self._once.views_publish(user_id=user, view=view)

    async def reactions(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """Slack's own truth: each reaction with its `name` and all its `users`."""
        async with translated():
            # without the SDK's patience: after a reconnect many are looked at, and would hold every place
            answer = await self._once.reactions_get(channel=channel, timestamp=ts, full=True)
        message = answer.get("message") or {}
        return list(message.get("reactions") or [])

    async def user(self, user: str) -> dict[str, Any]:
        """Slack's user object, their `locale` included; empty for one that Slack does not know.

        One whom it will not show us is somebody with whom this workspace only shares a channel.
        """
        found: dict[str, Any] = {}
        try:
            async with translated(fine="user_not_found"):
                found |= (await self._repeatable.users_info(user=user, include_locale=True))["user"]
        except StageError as error:
            if "user_not_visible" not in str(error):
                raise
            found["is_stranger"] = True
        return found

    async def channel(self, channel: str) -> dict[str, Any]:
        """Slack's conversation object; it takes a scope that not every installation has."""
        async with translated():
            found: dict[str, Any] = (await self._once.conversations_info(channel=channel))["channel"]
        return found

    async def group(self, group: str) -> list[str]:
        """The ids of those in a user group; it takes a scope that not every installation has."""
        async with translated():
            found: list[str] = (await self._once.usergroups_users_list(usergroup=group))["users"]
        return found

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Show a modal to whoever did that; nothing more where it is shown already.

        What asked for it is acknowledged only after that, so it takes no more than a part of Slack's three
        seconds. Raises `StageError`, and `UsageError` where the moment for it has passed.
        """
        try:
            async with translated(fine="exchanged_trigger_id"), asyncio.timeout(OPEN_WITHIN_S):
                await self._once.views_open(trigger_id=trigger_id, view=view)
        except StageError as error:
            if "expired_trigger_id" not in str(error):
                raise
            raise UsageError("That took Slack too long to open a window. Try it once more.") from None

    async def permalink(self, channel: str, ts: str) -> str | None:
        """The address of a message, if Slack tells it now; nothing waits for it."""
        try:
            async with translated():
                return str((await self._once.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])
        except StageError as error:
            log.info("no link to a message: %s", error)
            return None

    async def tell(self, response_url: str, text: str) -> None:
        """Tell somebody alone, by the address that their command came with."""
        await self.reply(response_url, {"text": text})

    async def reply(self, response_url: str, message: Message, *, instead: bool = False) -> None:
        """Show somebody alone a message, by the address of what they did, or `instead` of what they saw."""
        payload = {**message, "response_type": "ephemeral", "replace_original": instead}
        try:
            async with self._session.post(response_url, json=payload):
                pass
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("could not tell somebody something: %s", type(error).__name__)

    async def whisper(self, user: str, room: Place, text: str, *, within: Place | None = None) -> None:
        """Tell somebody alone, where they are; where we are not, in direct messages. Raises `StageError`."""
        thread = None if within is None else within.partition("/")[2]
        try:
            async with translated():
                if room.startswith("D"):
                    await self._once.chat_postMessage(
                        channel=room, text=text, thread_ts=thread, unfurl_links=False, unfurl_media=False
                    )
                else:
                    await self._once.chat_postEphemeral(channel=room, user=user, text=text, thread_ts=thread)
        except StageAway:
            raise
        except StageError:
            async with translated():
                await self._once.chat_postMessage(
                    channel=user, text=text, unfurl_links=False, unfurl_media=False
                )

    async def _find(
        self, metadata: dict[str, Any], channel: str, thread: str | None, since: datetime
    ) -> str | None:
        """The `ts` of the message that carries this metadata, if an earlier try has posted it."""
        try:
            async with translated():
                async for message in self._history(channel, thread, since - CLOCKS_DIFFER):
                    if message.get("metadata") == metadata:
                        return str(message["ts"])
        except (NotInvited, StageGone, StageAway):
            raise  # it may be there: look again when Slack is well
        except StageError as error:
            log.warning("cannot look whether a message is there already, so it may come twice: %s", error)
        return None

    async def _history(
        self, channel: str, thread: str | None, since: datetime
    ) -> AsyncIterator[dict[str, Any]]:
        """What stands in a channel or in a thread since then, page by page."""
        bounds: dict[str, Any] = {"oldest": f"{since.timestamp():.6f}", "limit": PAGE, "cursor": ""}
        while True:
            if thread is None:
                answer = await self._repeatable.conversations_history(
                    channel=channel, include_all_metadata=True, **bounds
                )
            else:
                answer = await self._repeatable.conversations_replies(
                    channel=channel, ts=thread, include_all_metadata=True, **bounds
                )
            for message in answer["messages"]:
                yield message
            bounds["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not bounds["cursor"]:
                return


def cannot_start(error: Exception, setting: str, where: str) -> SettingsError:
    """Why Slack does not let us in: the token only where Slack says so, else it is Slack or the way there."""
    said = (
        str(error.response.get("error") or "") if isinstance(error, SlackApiError) else type(error).__name__
    )
    if said in _TOKEN or said == "not_allowed_token_type":
        return SettingsError(
            f"Slack refuses {setting} ({said}): copy it again from api.slack.com/apps → your app → {where}."
        )
    if said == "missing_scope":
        return SettingsError(f"{setting} lacks a scope: see api.slack.com/apps → your app → {where}.")
    return SettingsError(
        f"Slack cannot be reached ({said or 'no proper answer'}): check the network and SLACK_API_URL."
    )


@asynccontextmanager
async def translated(*, posting: bool = False, fine: str = "") -> AsyncIterator[None]:
    """Turn what Slack refuses into our own errors; `fine` is a refusal that is none."""
    try:
        yield
    except SlackApiError as error:
        said = str(error.response.get("error") or "")
        if fine and said == fine:
            return
        if said in _NOT_INVITED:
            raise NotInvited("I am not in this channel. Type `/invite @Duel` here, then ask again.") from None
        if said in _GONE:
            raise StageGone(_GONE[said]) from None
        if said in _TOKEN:
            log.error("Slack refuses SLACK_BOT_TOKEN (%s): copy it again, and start Duel anew", said)
            raise StageAway(NO_TOKEN.format(said=said)) from None
        if said in _AWAY:
            text = TROUBLES.format(said=said or error.response.status_code)
            if said == "ratelimited":
                raise StageAway(
                    text, retry_after=float(error.response.headers.get("Retry-After", 30))
                ) from None
            raise (FateUnknown if posting else StageAway)(text) from None
        said = said or noted("no reason given")
        if needed := error.response.get("needed"):
            raise StageError(NOT_GRANTED.format(said=said, needed=needed)) from None
        raise StageError(REFUSED.format(said=said)) from None
    except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
        kind = FateUnknown if posting else StageAway
        raise kind(NOT_REACHED.format(error=type(error).__name__)) from None
