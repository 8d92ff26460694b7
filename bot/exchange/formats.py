"""Rows in files: CSV, a JSON object a line, Parquet. A row at a time, so that no file is too large."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, Any

from bot.errors import UsageError
from bot.exchange.values import Column, Row
from bot.extras import install

BATCH = 5_000
"""Rows that Parquet holds at once."""
WITHOUT_PARQUET = f"Parquet needs its extra: {install('parquet')} (CSV and JSON lines need nothing)."

Numbered = Iterator[tuple[int, Mapping[str, Any] | str]]
"""Each row with the line it ends on, in Parquet with its number; a text is what is wrong with it."""


class Format(StrEnum):
    """What a file is made of."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def format_of(file: Path) -> Format:
    """By its ending. Raises `UsageError`."""
    try:
        return Format(file.suffix.removeprefix(".").lower())
    except ValueError:
        endings = ", ".join(f".{name}" for name in Format)
        raise UsageError(f"{file.name} ends in none of {endings}: rename it after what it is.") from None


def write_text(
    format_: Format, rows: Iterable[Row], columns: Sequence[Column], out: IO[str], *, heading: bool = True
) -> None:
    """CSV, with or without its heading, or JSON lines. What is unknown is an empty cell, or `null`."""
    names = [column.name for column in columns]
    if format_ is Format.CSV:
        writer = csv.DictWriter(out, names, lineterminator="\n")
        if heading:
            writer.writeheader()
        writer.writerows(rows)
        return
    for row in rows:
        out.write(json.dumps({name: row[name] for name in names}, ensure_ascii=False) + "\n")


def write_parquet(rows: Iterable[Row], columns: Sequence[Column], file: Path) -> None:
    """Raises `UsageError` without the extra `parquet`."""
    try:
        from arro3 import core  # noqa: PLC0415 - an extra
        from arro3.io import write_parquet as write  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(WITHOUT_PARQUET) from None
    kinds = {"count": core.DataType.int64(), "seconds": core.DataType.float64()}
    types = [kinds.get(column.kind, core.DataType.string()) for column in columns]
    schema = core.Schema(
        [core.Field(column.name, type_) for column, type_ in zip(columns, types, strict=True)]
    )

    def batches() -> Iterator[Any]:
        source = iter(rows)
        while some := list(islice(source, BATCH)):
            arrays = [
                core.Array([row[column.name] for row in some], type_)
                for column, type_ in zip(columns, types, strict=True)
            ]
            yield core.RecordBatch(arrays, schema=schema)

    write(core.RecordBatchReader.from_batches(schema, batches()), file)


def read(file: Path) -> Numbered:
    """The rows of a file. Raises `UsageError` where it is no such file at all."""
    match format_of(file):
        case Format.CSV:
            return _read_csv(file)
        case Format.JSONL:
            return _read_jsonl(file)
        case Format.PARQUET:
            return _read_parquet(file)


def _read_csv(file: Path) -> Numbered:
    with file.open(encoding="utf-8-sig", newline="") as source:
        lines = csv.DictReader(source, restkey="", strict=True)
        try:
            for row in lines:
                if "" in row or None in row.values():
                    yield lines.line_num, "it has not as many cells as the first line"
                else:
                    yield lines.line_num, row
        except csv.Error as error:
            yield lines.line_num, f"this is no CSV: {error}"
        except UnicodeDecodeError:
            yield lines.line_num + 1, "this is no UTF-8: save the file in that encoding"


def _read_jsonl(file: Path) -> Numbered:
    with file.open("rb") as source:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                yield number, f"this is no JSON: {error}"
                continue
            whole = isinstance(row, dict) and not any(
                isinstance(one, dict | list | bool) for one in row.values()
            )
            yield number, row if whole else "this is no object of texts and numbers"


def _read_parquet(file: Path) -> Numbered:
    try:
        from arro3.io import read_parquet  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(WITHOUT_PARQUET) from None
    try:
        batches = read_parquet(file)
    except Exception as error:
        raise UsageError(f"{file.name} cannot be read as Parquet: {error}") from None
    number = 0
    for batch in batches:
        names = batch.schema.names
        for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield number, dict(zip(names, cells, strict=True))
