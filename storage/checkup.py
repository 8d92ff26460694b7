"""`doctor`'s look at the database: whether it opens, takes writes and has our tables. It changes nothing."""

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.doctor import Finding, Verdict
from bot.errors import SchemaError, SettingsError, StorageAway
from bot.pausing import Pause
from storage import schema
from storage.database import Database
from storage.outages import cause
from storage.pauses import PauseTable

WHAT = "database"


async def examine(url: str) -> tuple[Finding, Sequence[Pause]]:
    """What is found, and which contenders are paused."""
    try:
        return await _look(url)
    except SettingsError as error:
        return Finding(WHAT, Verdict.FAULT, "cannot be opened", str(error)), ()
    except SchemaError as error:
        return Finding(WHAT, Verdict.FAULT, "has the tables of another version", str(error)), ()
    except (StorageAway, DBAPIError) as error:
        cure = "Let the user that Duel runs as write to it, and to its folder if it is a file."
        return Finding(WHAT, Verdict.FAULT, f"cannot be written ({cause(error)})", cure), ()


async def _look(url: str) -> tuple[Finding, Sequence[Pause]]:
    database = Database(url)
    try:
        if (path := _file_to_come(database)) is not None:
            return _about_to_be_made(path), ()
        if await database.revision() is None:
            return Finding(WHAT, Verdict.FINE, "is empty: its tables are made at the first start"), ()
        await database.check()
        async with database.write() as connection:
            await connection.execute(text("SELECT 1"))
        says = f"{database.engine.dialect.name}, at revision {schema.head()}, which is this Duel's"
        return Finding(WHAT, Verdict.FINE, says), await PauseTable(database).lasting()
    finally:
        await database.close()


def _file_to_come(database: Database) -> Path | None:
    """The file of a SQLite database that is not there yet: to open it would make it."""
    name = database.engine.url.database
    if not database.is_sqlite or not name or name == ":memory:":
        return None
    path = Path(name)
    return None if path.exists() else path


def _about_to_be_made(path: Path) -> Finding:
    folder = path.absolute().parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Finding(WHAT, Verdict.FINE, "is not there yet: it is made at the first start")
    cure = (
        f"Make the folder {folder}, and let the user that Duel runs as write to it; or change DATABASE_URL."
    )
    return Finding(WHAT, Verdict.FAULT, "cannot be made", cure)
