"""Short-lived permits that go out with an interaction: trigger ids and response URLs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playground.errors import SlackError
from playground.ids import Ids

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True)
class _Trigger:
    user: str
    expires: float
    exchanged: bool = False


@dataclass(slots=True)
class Triggers:
    """Each opens one view for one person, within three seconds."""

    ids: Ids
    now: Callable[[], float]
    _issued: dict[str, _Trigger] = field(default_factory=dict)

    def issue(self, user: str) -> str:
        trigger_id = f"{self.ids.next('')}.{self.ids.next('')}"
        self._issued[trigger_id] = _Trigger(user, self.now() + TRIGGER_SECONDS)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The person whose interaction this was; a trigger serves once.

        Raises:
            SlackError: invalid_arguments, exchanged_trigger_id, expired_trigger_id.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError.arguments("invalid `trigger_id`")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self.now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user


@dataclass(slots=True)
class ResponseUrl:
    """Where and how an app may answer one interaction; `message_ts` is the message that it came from."""

    channel: str
    user: str
    expires: float
    message_ts: str | None = None
    is_ephemeral: bool = False
    from_command: bool = False
    uses: int = 0


@dataclass(slots=True)
class ResponseUrls:
    ids: Ids
    now: Callable[[], float]
    base: str = ""
    """The address of the server, set when it listens."""
    _issued: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(
        self,
        channel: str,
        user: str,
        *,
        message_ts: str | None = None,
        is_ephemeral: bool = False,
        from_command: bool = False,
    ) -> str:
        token = self.ids.next("")
        expires = self.now() + RESPONSE_SECONDS
        self._issued[token] = ResponseUrl(channel, user, expires, message_ts, is_ephemeral, from_command)
        return f"{self.base}/response/{token}"

    def has(self, token: str) -> bool:
        return token in self._issued

    def use(self, token: str) -> ResponseUrl:
        """Raises SlackError: expired_url, used_url, invalid_url."""
        issued = self._issued.get(token)
        if issued is None:
            raise SlackError("invalid_url")
        if self.now() > issued.expires:
            raise SlackError("expired_url")
        if issued.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        issued.uses += 1
        return issued
