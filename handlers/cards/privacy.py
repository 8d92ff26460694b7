"""Before somebody is forgotten: what that means, and the button."""

from bot.words import noted, say
from handlers.cards import Message

FORGET_ME = "forget_me"
"""Action id of the button."""
TAKEN = noted("It is being done. A direct message tells you when nothing is left.")
ASKED_FOR = noted("Everything that is stored of you comes as a file, in a direct message.")
_TEXT = noted(
    "This erases the prompts that you asked, with their answers, and puts a random name in the place of "
    "yours wherever you voted: the votes count on, and nothing links them to you any more. Duels of yours "
    "that are open end now. It cannot be undone. What stands in Slack stays: delete it there, or ask your "
    "workspace's admins."
)


def confirm() -> Message:
    """What it means."""
    button = {
        "type": "button",
        "action_id": FORGET_ME,
        "style": "danger",
        "text": {"type": "plain_text", "text": say("Forget me")},
    }
    return {
        "text": say(_TEXT),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": say(_TEXT), "verbatim": True}},
            {"type": "actions", "elements": [button]},
        ],
    }
