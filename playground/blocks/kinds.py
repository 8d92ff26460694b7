"""The blocks that a message or a view may hold, with Slack's limits."""

from __future__ import annotations

from typing import Any

from playground.blocks.checks import (
    Check,
    Complain,
    anything,
    array,
    boolean,
    number,
    record,
    string,
    typed,
    word,
)
from playground.blocks.elements import (
    ACCESSORY,
    ID,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    URL,
    plain,
    text,
)

_TABLE_CHARACTERS = 10_000
_BLOCK = {"block_id": ID}

_RICH_TEXT = record(
    {
        "elements": array(
            typed(
                {
                    "rich_text_section": record({"elements": array(anything, 5000, least=0)}),
                    "rich_text_preformatted": record(
                        {"elements": array(anything, 5000, least=0)},
                        {"border": number(0), "language": string(50)},
                    ),
                    "rich_text_quote": record(
                        {"elements": array(anything, 5000, least=0)}, {"border": number(0)}
                    ),
                    "rich_text_list": record(
                        {"style": word("bullet", "ordered"), "elements": array(anything, 5000)},
                        {"indent": number(0), "offset": number(0), "border": number(0)},
                    ),
                }
            ),
            1000,
        )
    },
    _BLOCK,
)
_CELL = typed(
    {
        "raw_text": record({"text": string(_TABLE_CHARACTERS, least=0)}),
        "raw_number": record({"value": number()}, {"text": string(_TABLE_CHARACTERS)}),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = record({}, {"align": word("left", "center", "right"), "is_wrapped": boolean})
_LABEL = string(20)


def _positive(value: Any, at: str, complain: Complain) -> None:
    number(0)(value, at, complain)
    if value == 0:
        complain("must be greater than 0", at)


def _plot(value: Any, at: str, complain: Complain) -> None:
    """Series with names of their own, each with one value for every category."""
    faults: list[tuple[str, str]] = []
    _PLOT(value, at, lambda sentence, where: faults.append((sentence, where)))
    for fault in faults:
        complain(*fault)
    if faults:
        return
    if len({series["name"] for series in value["series"]}) < len(value["series"]):
        complain("series names must be unique", f"{at}/series")
    categories = sorted(value["axis_config"]["categories"])
    for index, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != categories:
            complain("must have one data point for each category", f"{at}/series/{index}/data")


_POINT = record({"label": _LABEL, "value": number()})
_AXES = record({"categories": array(_LABEL, 20)}, {"x_label": string(50), "y_label": string(50)})
_PLOT = record(
    {"series": array(record({"name": _LABEL, "data": array(_POINT, 20)}), 6), "axis_config": _AXES}
)
_CHART = typed(
    {
        "pie": record({"segments": array(record({"label": _LABEL, "value": _positive}), 6)}),
        "bar": _plot,
        "area": _plot,
        "line": _plot,
    }
)


def _section(value: Any, at: str, complain: Complain) -> None:
    _SECTION(value, at, complain)
    if "text" not in value and "fields" not in value:
        complain("must define either `text` or `fields`", at)


_SECTION = record(
    {},
    {
        **_BLOCK,
        "text": text(3000),
        "fields": array(text(2000), 10),
        "accessory": ACCESSORY,
        "expand": boolean,
    },
)


def _rows(most: int) -> Check:
    """Rows of one length, whose text together stays under Slack's limit."""
    shape = array(array(_CELL, 20), most)

    def check(value: Any, at: str, complain: Complain) -> None:
        shape(value, at, complain)
        if isinstance(value, list) and sum(letters(row) for row in value) > _TABLE_CHARACTERS:
            complain(f"must be less than {_TABLE_CHARACTERS + 1} characters in all", at)
        if isinstance(value, list) and len({len(row) for row in value if isinstance(row, list)}) > 1:
            complain("all rows must have the same number of cells", at)

    return check


def letters(value: Any) -> int:
    """How many characters of text there are in it, at any depth."""
    if isinstance(value, dict):
        return sum(
            len(item) if name == "text" and isinstance(item, str) else letters(item)
            for name, item in value.items()
        )
    return sum(letters(item) for item in value) if isinstance(value, list) else 0


def _image(value: Any, at: str, complain: Complain) -> None:
    own = {name: item for name, item in value.items() if name in ("title", "block_id")}
    record({}, {**_BLOCK, "title": plain(2000)})(own, at, complain)
    IMAGE({name: item for name, item in value.items() if name not in own}, at, complain)


EVERYWHERE: dict[str, Check] = {
    "section": _section,
    "divider": record({}, _BLOCK),
    "header": record({"text": plain(150)}, {**_BLOCK, "level": number(1, 6)}),
    "context": record({"elements": array(IN_CONTEXT, 10)}, _BLOCK),
    "actions": record({"elements": array(IN_ACTIONS, 25)}, _BLOCK),
    "image": _image,
    "input": record(
        {"label": plain(2000), "element": IN_INPUT},
        {**_BLOCK, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _RICH_TEXT,
    "video": record(
        {"alt_text": string(2000), "title": plain(200), "thumbnail_url": URL, "video_url": URL},
        {
            **_BLOCK,
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "title_url": URL,
        },
    ),
}
IN_MESSAGES: dict[str, Check] = EVERYWHERE | {
    "markdown": record({"text": string(12_000)}, _BLOCK),
    "table": record({"rows": _rows(100)}, {**_BLOCK, "column_settings": array(_COLUMN, 20)}),
    "data_table": record(
        {"caption": string(150), "rows": _rows(201)},
        {**_BLOCK, "page_size": number(1, 100), "row_header_column_index": number(0, 19)},
    ),
    "data_visualization": record({"title": string(50), "chart": _CHART}, _BLOCK),
    "context_actions": record({"elements": array(IN_CONTEXT_ACTIONS, 5)}, _BLOCK),
}
IN_VIEWS: dict[str, Check] = EVERYWHERE
