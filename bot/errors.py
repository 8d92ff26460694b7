"""Every error of our own. Each text is for a person and ends with what to do.

    DuelError
    ├── UsageError          somebody asked for something that cannot be done as asked
    │   └── NotNow          … but the very same may be asked again later
    ├── SettingsError       a setting is missing or wrong; names itself and where to get it
    ├── LocalModelError     the local models cannot be fetched or served
    ├── SchemaError         the database is older or newer than this code
    ├── Away                something that we need does not work just now: to be tried again
    │   ├── StorageAway     … the database
    │   └── StageAway       … the place where a duel is shown; it is a StageError as well
    │       └── FateUnknown … and may have taken what was sent: the answer was lost on the way
    ├── StageError          the place where a duel is shown refused it
    │   ├── NotInvited      … because the app is not a member there
    │   └── StageGone       … because the message or the place is no more
    ├── LeaseLost           another process has taken the job over: stop without writing
    └── Stopping            this process is ending and takes nothing new: another one will

A contender that fails raises nothing: its failure is a fact, stored as an `Answer` with its outcome.
Anything that is not a `DuelError` is a bug: it is logged under an id, and people see only the id.
"""

from datetime import datetime


class DuelError(Exception):
    """Base of our own errors; the text is fit to be shown."""


class UsageError(DuelError):
    """A request that cannot be met as it was put."""


class NotNow(UsageError):
    """A limit is reached, or a contender is paused: what is refused now can be had later."""

    def __init__(self, text: str, *, until: datetime | None = None) -> None:
        super().__init__(text)
        self.until = until
        """When the limit begins anew, where there is such a time."""


class SettingsError(DuelError):
    """A setting that is missing or wrong."""


class LocalModelError(DuelError):
    """The local models' weights or their server are not to be had."""


class SchemaError(DuelError):
    """The database does not have the tables that this code was written for."""


class Away(DuelError):
    """It does not work just now. Whoever sees this tries again, for hours if need be."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        """Seconds after which it asks us to come back, if it does."""


class StorageAway(Away):
    """The database cannot be reached, is locked, or has no room. What was being written may be written."""


class StageError(DuelError):
    """The place where a duel is shown refused what we asked of it."""


class NotInvited(StageError):
    """The app is not a member of the place where the duel was asked for."""


class StageGone(StageError):
    """The message of a duel, or its whole place, is no more."""


class StageAway(StageError, Away):
    """The place where a duel is shown cannot be reached, or has troubles of its own."""


class FateUnknown(StageAway):
    """The request may have been carried out: its answer was lost on the way."""


class LeaseLost(DuelError):
    """The job belongs to somebody else by now; whoever sees this stops without writing."""


class Stopping(DuelError):
    """The process is ending; what it did not take will be delivered again."""
