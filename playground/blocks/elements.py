"""Text objects and block elements, with Slack's limits."""

from __future__ import annotations

from playground.blocks.checks import Check, array, boolean, either, number, record, string, typed, word

ID = string(255)
URL = string(3000)


def plain(most: int) -> Check:
    return typed({"plain_text": record({"text": string(most)}, {"emoji": boolean})})


def text(most: int) -> Check:
    """plain_text or mrkdwn."""
    return typed(
        {
            "plain_text": record({"text": string(most)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(most)}, {"verbatim": boolean}),
        }
    )


_SLACK_FILE = either("id", "url")(record({}, {"id": ID, "url": URL}))
IMAGE = either("image_url", "slack_file")(
    record({"alt_text": string(2000)}, {"image_url": URL, "slack_file": _SLACK_FILE})
)
_CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": word("primary", "danger")},
)
_ACTION = {"action_id": ID, "confirm": _CONFIRM}
_INPUT = {**_ACTION, "focus_on_load": boolean, "placeholder": plain(150)}
_OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75), "url": URL})
_OPTIONS = array(_OPTION, 100)
_GROUPS = array(record({"label": plain(75), "options": _OPTIONS}), 100)
_STYLE = word("primary", "danger")
_FILTER = record(
    {},
    {
        "include": array(word("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_IDS = array(ID, 100, least=0)
_MANY = {**_INPUT, "max_selected_items": number(1)}
_DISPATCH = record({}, {"trigger_actions_on": array(word("on_enter_pressed", "on_character_entered"), 2)})
_TYPED_INPUT = {**_INPUT, "dispatch_action_config": _DISPATCH}
_CHOICE = either("options", "option_groups")
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": _FILTER}
_REACTION_BUTTON = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

ELEMENTS: dict[str, Check] = {
    "button": record(
        {"text": plain(75)},
        {**_ACTION, "url": URL, "value": string(2000), "style": _STYLE, "accessibility_label": string(75)},
    ),
    "image": IMAGE,
    "static_select": _CHOICE(
        record({}, {**_INPUT, "options": _OPTIONS, "option_groups": _GROUPS, "initial_option": _OPTION})
    ),
    "multi_static_select": _CHOICE(
        record({}, {**_MANY, "options": _OPTIONS, "option_groups": _GROUPS, "initial_options": _OPTIONS})
    ),
    "external_select": record({}, {**_INPUT, "min_query_length": number(0), "initial_option": _OPTION}),
    "multi_external_select": record(
        {}, {**_MANY, "min_query_length": number(0), "initial_options": _OPTIONS}
    ),
    "users_select": record({}, {**_INPUT, "initial_user": ID}),
    "multi_users_select": record({}, {**_MANY, "initial_users": _IDS}),
    "conversations_select": record(
        {}, {**_INPUT, **_CONVERSATIONS, "initial_conversation": ID, "response_url_enabled": boolean}
    ),
    "multi_conversations_select": record({}, {**_MANY, **_CONVERSATIONS, "initial_conversations": _IDS}),
    "channels_select": record({}, {**_INPUT, "initial_channel": ID, "response_url_enabled": boolean}),
    "multi_channels_select": record({}, {**_MANY, "initial_channels": _IDS}),
    "overflow": record({"options": array(_OPTION, 5)}, _ACTION),
    "datepicker": record({}, {**_INPUT, "initial_date": string(10)}),
    "timepicker": record({}, {**_INPUT, "initial_time": string(5), "timezone": string(255)}),
    "datetimepicker": record({}, {**_ACTION, "focus_on_load": boolean, "initial_date_time": number(0)}),
    "checkboxes": record(
        {"options": array(_OPTION, 10)},
        {**_ACTION, "focus_on_load": boolean, "initial_options": array(_OPTION, 10)},
    ),
    "radio_buttons": record(
        {"options": array(_OPTION, 10)}, {**_ACTION, "focus_on_load": boolean, "initial_option": _OPTION}
    ),
    "plain_text_input": record(
        {},
        {
            **_TYPED_INPUT,
            "multiline": boolean,
            "initial_value": string(3000, least=0),
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "email_text_input": record({}, {**_TYPED_INPUT, "initial_value": string(3000)}),
    "url_text_input": record({}, {**_TYPED_INPUT, "initial_value": string(3000)}),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        {**_TYPED_INPUT, "initial_value": string(50), "min_value": string(50), "max_value": string(50)},
    ),
    "file_input": record(
        {}, {"action_id": ID, "filetypes": array(string(255), 100), "max_files": number(1, 10)}
    ),
    "feedback_buttons": record(
        {"positive_button": _REACTION_BUTTON, "negative_button": _REACTION_BUTTON}, {"action_id": ID}
    ),
    "icon_button": record(
        {"icon": word("trash"), "text": plain(75)},
        {**_ACTION, "value": string(2000), "accessibility_label": string(75), "visible_to_user_ids": _IDS},
    ),
}

_SELECTS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker", "checkboxes", "radio_buttons"}) | _SELECTS

ACCESSORY: Check = typed(ELEMENTS, only=_PICKERS | {"button", "image", "overflow"})
IN_ACTIONS: Check = typed(ELEMENTS, only=_PICKERS | {"button", "overflow", "datetimepicker"})
IN_INPUT: Check = typed(
    ELEMENTS,
    only=_PICKERS
    | {
        "datetimepicker",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "file_input",
    },
)
IN_CONTEXT_ACTIONS: Check = typed(ELEMENTS, only={"feedback_buttons", "icon_button"})
IN_CONTEXT: Check = typed(
    {
        "image": IMAGE,
        "plain_text": record({"text": string(2000)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(2000)}, {"verbatim": boolean}),
    }
)
