"""What the playground says no with: to the app, in Slack's error codes; to a person, in a sentence.

Refusal
├── SlackError       a Web API call: {"ok": false, "error": code, ...}
├── PersonError      something that a person did: the sentence that Slack shows
└── DeliveryError    an envelope that the app did not answer
    ├── NotConnected     no socket was there to take it
    └── NotAcknowledged  three seconds went by, or the socket broke
        └── NotTaken     … or the app's address cannot be reached, or answered with a failure
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The root: anything that this workspace declines to do."""


class SlackError(Refusal):
    """A Web API call that Slack would refuse: `code` is Slack's, `fields` go beside it in the answer."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    @classmethod
    def arguments(cls, *messages: str) -> SlackError:
        """`invalid_arguments`, with the reasons where Slack puts them."""
        return cls(
            "invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]}
        )

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.fields}


class PersonError(Refusal):
    """Something that a person tried and may not: the text is shown to them."""


class DeliveryError(Refusal):
    """The app did not answer an envelope."""


class NotConnected(DeliveryError):
    """No app socket is connected."""


class NotAcknowledged(DeliveryError):
    """The app took the envelope and did not acknowledge it in time; `reason` is Slack's word for that."""

    def __init__(self, text: str, reason: str = "timeout", *, final: bool = False) -> None:
        super().__init__(text)
        self.reason = reason
        self.final = final
        """Whether the app asks not to be sent it again."""


class NotTaken(NotAcknowledged):
    """The app's address cannot be reached, or did not answer 2xx."""
