"""What can go wrong with a contender, and what comes of it: the fault table, by code, by words, by status.

A provider's own code says most, then its words, then the HTTP status: DashScope, for one, sends several
different troubles under one status.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.contenders.complaint import Complaint
from bot.duel import Outcome
from bot.words import kept, noted

TRIED = kept("{says} ({tries} tries)")
QUOTED = kept("{says} ({name} said: {said})")
SHORTLY = noted("in a minute")
AS_IT_ASKS = kept("after {wait}, as it asks")
RETIRED = kept("{says}. It is retired {since}")
OTHERS = kept("{says}. Ready here: {names}.")
"""What stands around a fault in the detail of an answer."""


@dataclass(frozen=True)
class Fault:
    """One kind of failure."""

    outcome: Outcome
    says: str
    """What happened and what to do about it, for a person. `{seconds}` and `{when}` are filled in."""
    retry: bool = False
    """Whether to try again, as long as no token has come."""


# Time runs out.
SILENT = Fault(Outcome.TIMEOUT, kept("no first token within {seconds} s: try again"), retry=True)
STALLED = Fault(Outcome.TIMEOUT, kept("the answer stood still for {seconds} s: try again"), retry=True)
TOO_LONG = Fault(Outcome.TIMEOUT, kept("not finished within {seconds} s: raise the contender's limit"))

# The line breaks, or the stream is none.
UNREACHABLE = Fault(
    Outcome.UNREACHABLE, kept("the provider could not be reached: check the address"), retry=True
)
DROPPED = Fault(
    Outcome.UNREACHABLE, kept("the connection broke before a word was said: try again"), retry=True
)
CUT_LINE = Fault(Outcome.TRUNCATED, kept("the connection broke in the middle of the answer: try again"))
UNFINISHED = Fault(
    Outcome.TRUNCATED,
    kept("the answer ended with no finish reason, so it is not whole: try again"),
    retry=True,
)
NO_STREAM = Fault(
    Outcome.BAD_RESPONSE, kept("the server did not send a stream: check the contender's address")
)
GARBLED = Fault(Outcome.BAD_RESPONSE, kept("the stream was not what the protocol allows: try again"))
ENDLESS = Fault(Outcome.BAD_RESPONSE, kept("the stream grew past all bounds and was dropped: try again"))

# The answer came to an end, but is none.
NO_TEXT = Fault(Outcome.EMPTY, kept("the answer was empty: put it differently"))
THOUGHT_ONLY = Fault(Outcome.EMPTY, kept("it thought, but answered nothing: raise its token limit"))
ODD_END = Fault(
    Outcome.BAD_RESPONSE, kept("it ended for a reason that no text answer has: put it differently")
)
REFUSED = Fault(Outcome.REFUSED, kept("the provider's content filter refused it: put it differently"))

# The provider says no.
MODEL = Fault(Outcome.CONFIGURATION, kept("the model is not served here: correct the contender's model id"))
REQUEST = Fault(
    Outcome.CONFIGURATION, kept("the request was refused as malformed: check the contender's settings")
)
KEY = Fault(
    Outcome.AUTHENTICATION, kept("the API key was refused: check the key, and that it is of this region")
)
CREDIT = Fault(Outcome.OUT_OF_CREDIT, kept("the account is out of credit: top it up with the provider"))
QUOTA = Fault(Outcome.OUT_OF_CREDIT, kept("the provider's quota is used up: raise it, or wait for its reset"))
RATE = Fault(Outcome.RATE_LIMITED, kept("the provider's rate limit is reached: try again {when}"), retry=True)
BUSY = Fault(Outcome.OVERLOADED, kept("the provider is overloaded: try again {when}"), retry=True)
BROKEN = Fault(Outcome.OVERLOADED, kept("the provider's server failed: try again {when}"), retry=True)

BY_FINISH: Mapping[str, Fault | None] = {
    "stop": None,
    "length": None,  # 8: cut off, which the outcome says
    "content_filter": REFUSED,  # 9
    "insufficient_system_resource": BUSY,  # 10
}
"""What a finish reason makes of an answer; `None`: nothing is wrong with it."""

BY_CODE: Mapping[str, Fault] = {
    "modelnotfound": MODEL,  # 21
    "model_not_found": MODEL,
    "model_not_supported": MODEL,
    "deploymentnotfound": MODEL,
    "datainspectionfailed": REFUSED,  # 22
    "data_inspection_failed": REFUSED,
    "content_filter": REFUSED,
    "invalid_api_key": KEY,  # 23
    "invalidapikey": KEY,
    "authentication_error": KEY,
    "access_denied": KEY,
    "accessdenied": KEY,
    "arrearage": CREDIT,  # 24
    "insufficient_balance": CREDIT,
    "throttling.ratequota": RATE,  # 26
    "throttling.burstrate": RATE,
    "limit_requests": RATE,
    "limit_burst_rate": RATE,
    "rate_limit_exceeded": RATE,
    "allocationquota.freetieronly": QUOTA,  # 27
    "insufficient_system_resource": BUSY,  # 28
    "server_overloaded": BUSY,
}
"""Codes that say it all."""

BY_WORDS: tuple[tuple[re.Pattern[str], Fault], ...] = tuple(
    (re.compile(words, re.IGNORECASE), fault)
    for words, fault in (
        (r"supported api model names|model.{0,60}(not (exist|found)|does not exist)", MODEL),  # 21
        (r"content exists risk|inappropriate content|content management policy", REFUSED),  # 22
        (r"insufficient balance|overdue|out of credit", CREDIT),  # 24
        (r"(quota|free tier|credits?)\b.{0,60}(exhausted|used up|depleted)", QUOTA),  # 27
        (r"exhausted.{0,60}quota|exceeded your current quota", QUOTA),
    )
)

BY_KIND: Mapping[str, Fault] = {
    "invalid_request_error": REQUEST,
    "invalid_parameter_error": REQUEST,
    "invalidparameter": REQUEST,
    "permission_error": KEY,
    "throttling": RATE,
    "throttling.allocationquota": RATE,  # tokens a minute, whatever its name says
    "insufficient_quota": RATE,  # DashScope's other name for it; used up only if the words say so
    "rate_limit_error": RATE,
    "overloaded_error": BUSY,
    "internalerror": BROKEN,
    "internal_error": BROKEN,
    "server_error": BROKEN,
    "api_error": BROKEN,
}
"""Codes so general that the status says more; they count where there is none, inside a stream."""

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


def classify(said: Complaint, status: int | None = None) -> Fault:
    """Which fault this is. A status that is not in the table is the server's from 500 up, else ours.

    Without a status, inside a stream, a code may be one; a complaint that says nothing is the server's.
    """
    for code in (said.code, said.kind):
        if fault := BY_CODE.get(code.lower()):
            return fault
    for words, fault in BY_WORDS:
        if words.search(said.message):
            return fault
    if status is None:
        for code in (said.code, said.kind):
            if fault := BY_KIND.get(code.lower()):
                return fault
        status = int(said.code) if re.fullmatch("[1-5][0-9]{2}", said.code) else 500
    return BY_STATUS.get(status, BROKEN if status >= 500 else REQUEST)
