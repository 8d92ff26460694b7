"""What Slack or a clock does to us, and what we show: the routing table, one line a trigger."""

import logging
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.arena import Arena
from bot.exchange.delivery import Delivery
from handlers import duel, failures, votes
from handlers.cards.duel import AGAIN, CANCEL, REVEAL
from handlers.cards.form import ASK
from handlers.cards.topics import CHOOSE_TOPIC
from handlers.digest import Desk
from handlers.emoji import Emoji
from handlers.form import NEW_DUEL, Forms
from handlers.letters import DUEL_THIS, Mailbox

COMMAND = "/duel"


def route(
    client: AsyncWebClient,
    *,
    arena: Arena,
    desk: Desk,
    delivery: Delivery,
    forms: Forms,
    mailbox: Mailbox,
    emoji: Emoji,
    help_text: str,
    me: str,
) -> AsyncApp:
    """The Bolt app. `me` is the app's own user id, whose reactions are no votes.

    `process_before_response`: the answer to Slack waits for the listener, so that nothing is acknowledged
    before it is written down.
    """
    # a logger of ours: Bolt's own ones, a module each, take their level from nowhere else
    app = AsyncApp(client=client, process_before_response=True, logger=logging.getLogger("slack_bolt"))
    # votes first: they come by the hundred, and Bolt tries one line after the other
    app.event("reaction_added")(partial(votes.reaction, arena=arena, emoji=emoji, me=me))
    app.event("reaction_removed")(partial(votes.reaction, arena=arena, emoji=emoji, me=me))
    app.command(COMMAND)(
        partial(duel.start, arena=arena, desk=desk, delivery=delivery, forms=forms, help_text=help_text)
    )
    app.event("app_mention")(mailbox.mention)
    app.event("message")(mailbox.direct)
    app.shortcut(DUEL_THIS)(mailbox.duel_this)
    app.shortcut(NEW_DUEL)(forms.shortcut)
    app.view(ASK)(forms.submitted)
    app.action(REVEAL)(partial(duel.reveal, arena=arena))
    app.action(AGAIN)(partial(duel.ask_again, arena=arena))
    app.action(CANCEL)(partial(duel.cancel, arena=arena))
    app.action(CHOOSE_TOPIC)(partial(duel.topic, arena=arena))
    app.error(failures.explain)
    return app
