"""Reads every statement that is executed, and tells which of them look across the walls between teams."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from greenlet import getcurrent  # type: ignore[import-untyped] # has none
from sqlalchemy import Column, Table, event
from sqlalchemy.engine import Engine
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ClauseElement, Grouping

from storage.tables import metadata

STORAGE = Path(__file__).parents[2] / "storage"
RUNS = {"execute", "scalar", "scalars", "stream"}
RAW = {"carry_out", "exec_driver_sql", "fetch", "text"}
SHARED = {"job", "job_step", "pause", "install_state"}
"""Tables that know no team: their rows are reached by an id that belongs to one, or by the clock."""
OWNED = {table.name for table in metadata.tables.values()} - SHARED


def _keys(table: Table) -> set[str]:
    """The columns that hold a row to one team: `team` itself, or ids that belong to one."""
    linked = {column.name for column in table.c if column.foreign_keys}
    ids = {"id"} & set(table.c.keys())
    return {"team"} & set(table.c.keys()) | linked | ids


def across(statement: ClauseElement) -> set[str]:
    """The tables of teams that this statement reads or changes without being held to one of them."""
    tables: set[str] = set()
    held: set[str] = set()
    linked: defaultdict[str, set[str]] = defaultdict(set)
    for part in visitors.iterate(statement):
        if isinstance(part, Table):
            tables.add(part.name)
        elif isinstance(part, Column) and isinstance(part.table, Table):
            tables.add(part.table.name)
        elif isinstance(part, BinaryExpression) and part.operator in (operators.eq, operators.in_op):
            left, right = _columns(part.left), _columns(part.right)
            if left and _is_value(part.right):
                held |= left
            elif right and _is_value(part.left):
                held |= right
            elif left:
                inner = right | _tables(part.right)
                for one in left:
                    for other in inner:
                        linked[one].add(other)
                        linked[other].add(one)
    grown = True
    while grown:
        reached = held | {other for one in held for other in linked[one]}
        grown, held = reached != held, reached
    return (tables & OWNED) - held


def _columns(side: Any) -> set[str]:
    """The tables whose keys stand on this side, through whatever subquery they come."""
    found = [one for one in visitors.iterate(side) if isinstance(one, Column)] if _is_plain(side) else []
    found += [base for base in getattr(side, "base_columns", ()) if isinstance(base, Column)]
    return {
        column.table.name
        for column in found
        if isinstance(column.table, Table) and column.name in _keys(column.table)
    }


def _is_plain(side: Any) -> bool:
    return not any(getattr(one, "is_select", False) for one in visitors.iterate(side))


def _tables(side: Any) -> set[str]:
    return {one.name for one in visitors.iterate(side) if isinstance(one, Table)} | {
        one.table.name
        for one in visitors.iterate(side)
        if isinstance(one, Column) and isinstance(one.table, Table)
    }


def _is_value(side: Any) -> bool:
    if isinstance(side, Grouping):
        side = side.element
    return isinstance(side, BindParameter)


class Walk:
    """What was executed, and for whom: `votes:Poll._duels`."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.across: defaultdict[str, set[str]] = defaultdict(set)

    def note(self, _: Any, statement: Any, *__: Any) -> None:
        chain = _chain()
        self.seen |= set(chain)
        if chain and isinstance(statement, ClauseElement) and not isinstance(statement, Insert):
            self.across[chain[-1]] |= across(statement)  # of whoever was asked, not of whoever helped


@contextmanager
def walking() -> Iterator[Walk]:
    """Look at all that is executed within the block, on every engine."""
    walk = Walk()
    event.listen(Engine, "before_execute", walk.note)
    try:
        yield walk
    finally:
        event.remove(Engine, "before_execute", walk.note)


def _chain() -> list[str]:
    """The functions of `storage/` that are at it, the innermost first: SQLAlchemy is in a greenlet."""
    found: list[str] = []
    greenlet: Any = getcurrent()
    frame: FrameType | None = sys._getframe()
    while greenlet is not None:
        while frame is not None:
            file = Path(frame.f_code.co_filename)
            if file.parent == STORAGE:
                found.append(f"{file.stem}:{frame.f_code.co_qualname.replace('.<locals>', '')}")
            frame = frame.f_back
        greenlet = greenlet.parent
        frame = None if greenlet is None else greenlet.gr_frame
    return found


def calling(names: set[str]) -> set[str]:
    """The functions of `storage/` in which something of these names is called."""
    found: set[str] = set()

    def look(node: ast.AST, within: tuple[str, ...], stem: str) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            within = (*within, node.name)
        called = node.func if isinstance(node, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if name in names:
            found.add(f"{stem}:{'.'.join(within)}")
        for child in ast.iter_child_nodes(node):
            look(child, within, stem)

    for file in set(STORAGE.glob("*.py")) - {STORAGE / "tables.py"}:  # what stands there runs nothing
        look(ast.parse(file.read_text()), (), file.stem)
    return found
