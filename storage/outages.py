"""When the database is away: which of its errors say so, and what we make of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.errors import StorageAway
from bot.words import kept

AWAY = kept("The database is away ({cause}). Try again in a moment.")

_SQLSTATES = (
    "08",  # the connection is lost
    "25006",  # read only: it has become a standby
    "40",  # deadlock or serialisation: the same again will do
    "53",  # no room, no memory, too many connections
    "55P03",  # a lock was not to be had
    "57",  # shutting down, starting up, cancelled
    "58",  # the disk
)
_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn an outage into `StorageAway`; whatever else is raised inside passes as it is."""
    try:
        yield
    except Exception as error:
        if not _is_outage(error):
            raise
        raise StorageAway(AWAY.format(cause=cause(error))) from error


def cause(error: Exception) -> str:
    """What the driver says, in one line."""
    said = error.__cause__ if isinstance(error, StorageAway) and error.__cause__ is not None else error
    said = said.orig if isinstance(said, DBAPIError) and said.orig is not None else said
    return str(said).splitlines()[0] if str(said) else type(said).__name__


def _is_outage(error: BaseException) -> bool:
    """Whether the database failed, and not what was asked of it."""
    if isinstance(error, OSError | NoConnectionFree):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and _is_outage(error.orig))
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE  # above it: which of the kind
    if str(getattr(error, "sqlstate", None) or "").startswith(_SQLSTATES):
        return True
    return _is_closed(error)


def _is_closed(error: BaseException) -> bool:
    """asyncpg's word for a connection that broke under us carries no code."""
    return type(error).__name__ in {"ConnectionDoesNotExistError", "InterfaceError"} and "clos" in str(error)
