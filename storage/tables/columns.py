"""What the tables are made of: one list of them, and columns that mean the same in every database."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value


class Exact(TypeDecorator[Decimal]):
    """A decimal kept digit for digit, as text: SQLite would make a float of it."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Wording(TypeDecorator[str]):
    """Text that others wrote, made fit for every database and cut to its length.

    PostgreSQL takes no NUL and nothing over the length; UTF-8 has no lone surrogates, and JSON may.
    """

    impl = Text
    cache_ok = True

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self.most = most

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return Text() if self.most is None else String(self.most)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        value = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
        return value if self.most is None else value[: self.most]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
