"""What can go wrong with a contender, and what comes of it: the fault table, by code, by words, by status.

A provider's own code says most, then its words, then the HTTP status: DashScope, for one, sends several
different troubles under one status.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.duel import Outcome


@dataclass(frozen=True)
class Fault:
    """One kind of failure."""

    outcome: Outcome
    says: str
    """What happened and what to do about it, for a person."""
    retry: bool = False
    """Whether to try again, as long as no token has come."""


CREDIT = Fault(Outcome.OUT_OF_CREDIT, "the account is out of credit: top it up with the provider")
KEY = Fault(Outcome.AUTHENTICATION, "the API key was refused: check the key, and that it is of this region")
MODEL = Fault(Outcome.CONFIGURATION, "the model is not served here: correct the contender's model id")
REQUEST = Fault(Outcome.CONFIGURATION, "the request was refused as malformed: check the contender's settings")
REFUSED = Fault(Outcome.REFUSED, "the provider's content filter refused it: put it differently")
RATE = Fault(Outcome.RATE_LIMITED, "the provider's rate limit is reached: try again in a minute", retry=True)
QUOTA = Fault(Outcome.OUT_OF_CREDIT, "the provider's quota is used up: raise it, or wait for its reset")
BUSY = Fault(Outcome.OVERLOADED, "the provider is overloaded: try again in a minute", retry=True)
BROKEN = Fault(Outcome.OVERLOADED, "the provider's server failed: try again in a minute", retry=True)
SILENT = Fault(Outcome.TIMEOUT, "no first token within {seconds:g} s: try again", retry=True)
STALLED = Fault(Outcome.TIMEOUT, "the answer stood still for {seconds:g} s")
TOO_LONG = Fault(Outcome.TIMEOUT, "not finished within {seconds:g} s: raise the contender's limit")
UNREACHABLE = Fault(Outcome.UNREACHABLE, "the provider could not be reached: check the address", retry=True)
CUT_LINE = Fault(Outcome.TRUNCATED, "the connection broke in the middle of the answer: try again", retry=True)
UNFINISHED = Fault(Outcome.TRUNCATED, "the answer ended with no finish reason, so it is not whole: try again")
NO_TEXT = Fault(Outcome.EMPTY, "the answer was empty")
THOUGHT_ONLY = Fault(Outcome.EMPTY, "it thought, but answered nothing: raise its token limit")
NO_STREAM = Fault(Outcome.BAD_RESPONSE, "the server did not send a stream: check the contender's address")
GARBLED = Fault(Outcome.BAD_RESPONSE, "the stream was not what the protocol allows")
ENDLESS = Fault(Outcome.BAD_RESPONSE, "the stream grew past all bounds and was dropped")
ODD_END = Fault(Outcome.BAD_RESPONSE, "it ended for a reason that no text answer has")

BY_CODE: Mapping[str, Fault] = {
    "datainspectionfailed": REFUSED,
    "data_inspection_failed": REFUSED,
    "content_filter": REFUSED,
    "arrearage": CREDIT,
    "insufficient_balance": CREDIT,
    "invalid_api_key": KEY,
    "invalidapikey": KEY,
    "authentication_error": KEY,
    "access_denied": KEY,
    "accessdenied": KEY,
    "modelnotfound": MODEL,
    "model_not_found": MODEL,
    "model_not_supported": MODEL,
    "throttling": RATE,
    "throttling.ratequota": RATE,
    "throttling.burstrate": RATE,
    "throttling.allocationquota": QUOTA,
    "limit_requests": RATE,
    "rate_limit_exceeded": RATE,
    "insufficient_system_resource": BUSY,
    "server_overloaded": BUSY,
    "internalerror": BROKEN,
    "internal_error": BROKEN,
    "server_error": BROKEN,
}

BY_WORDS: tuple[tuple[re.Pattern[str], Fault], ...] = (
    (re.compile(r"content exists risk|inappropriate content|content management policy", re.I), REFUSED),
    (re.compile(r"insufficient balance|overdue|out of credit", re.I), CREDIT),
    (re.compile(r"(quota|free tier|allocated).{0,40}(exhausted|exceeded|used up)", re.I), QUOTA),
    (re.compile(r"supported api model names|model.{0,40}(not (exist|found)|does not exist)", re.I), MODEL),
)

BY_STATUS: Mapping[int, Fault] = {
    400: REQUEST,
    401: KEY,
    402: CREDIT,
    403: KEY,
    404: MODEL,
    408: BROKEN,
    422: REQUEST,
    429: RATE,
    500: BROKEN,
    502: BROKEN,
    503: BUSY,
    504: BROKEN,
    529: BUSY,
}

BY_FINISH: Mapping[str, Fault | None] = {
    "stop": None,
    "length": None,
    "content_filter": REFUSED,
    "insufficient_system_resource": BUSY,
}
"""What a finish reason makes of an answer; `None`: nothing is wrong with it."""


@dataclass(frozen=True)
class Complaint:
    """An error as a provider put it."""

    code: str = ""
    message: str = ""


def complaint(body: Any) -> Complaint | None:
    """Read an error out of a JSON body, in whichever of the usual shapes; `None` if it is none."""
    if not isinstance(body, dict):
        return None
    inner = body.get("error", body if "code" in body or "message" in body else None)
    if isinstance(inner, str):
        return Complaint(message=inner)
    if not isinstance(inner, dict):
        return None
    code = inner.get("code") or inner.get("type") or ""
    return Complaint(str(code), str(inner.get("message") or ""))


def classify(said: Complaint, status: int | None = None) -> Fault:
    """Which fault this is. A status that is not in the table is the server's from 500 up, else ours."""
    if fault := BY_CODE.get(said.code.lower()):
        return fault
    for words, fault in BY_WORDS:
        if words.search(said.message):
            return fault
    if status is None:
        status = int(said.code) if said.code.isdecimal() else 500
    return BY_STATUS.get(status, BROKEN if status >= 500 else REQUEST)


def refused_parameter(said: Complaint, droppable: Collection[str]) -> str | None:
    """The parameter of ours that the provider does not take, if it names one that we can do without."""
    if not re.search(
        r"extra|unsupported|unrecognized|unknown|unexpected|not (permitted|supported)", said.message, re.I
    ):
        return None
    return next((name for name in droppable if re.search(rf"\b{re.escape(name)}\b", said.message)), None)
