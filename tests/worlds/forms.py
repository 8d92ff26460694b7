"""A modal as somebody fills it in: what its fields hold, in the shape of Slack's `view.state.values`."""

from collections.abc import Mapping
from typing import Any

Form = dict[str, dict[str, dict[str, Any]]]


def filled(view: Mapping[str, Any], **put_in: Any) -> Form:
    """Everything as it stands in the form, but for these fields, by the ids of their blocks.

    A choice is named by its value; several, and people, by a list of them.
    """
    found: Form = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            name, element = block["block_id"], block["element"]
            value = put_in[name] if name in put_in else _initial(element)
            found[name] = {element["action_id"]: {"type": element["type"], **_state(element, value)}}
    assert set(put_in) <= set(found), "there is no such field"
    return found


def held(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold, by the ids of their blocks."""
    return {b["block_id"]: _initial(b["element"]) for b in view["blocks"] if b["type"] == "input"}


def _initial(element: Mapping[str, Any]) -> Any:
    if "initial_option" in element:
        return element["initial_option"]["value"]
    if "initial_options" in element:
        return [option["value"] for option in element["initial_options"]]
    return element.get("initial_value") or element.get("initial_users") or element.get("initial_time")


def _state(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    kind = element["type"]
    options = {option["value"]: option for option in element.get("options", ())}
    if kind == "static_select":
        return {"selected_option": None if value is None else options[value]}
    if kind == "multi_static_select":
        return {"selected_options": [options[each] for each in value or ()]}
    if kind == "multi_users_select":
        return {"selected_users": value or []}
    return {"selected_time": value} if kind == "timepicker" else {"value": value}
