"""What Slack or a clock does to us, and what we show: the routing table, one line a trigger."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.arena import Arena
from bot.asking import Asking
from bot.exchange.delivery import Delivery
from handlers import duel, failures, form, letters, question, votes
from handlers.cards.duel import AGAIN, CANCEL, REVEAL
from handlers.cards.form import ASK as FORM
from handlers.cards.topics import CHOOSE_TOPIC
from handlers.digest import Desk
from handlers.emoji import Emoji
from handlers.form import NEW_DUEL, Forms
from handlers.letters import DUEL_THIS, Mailbox

COMMAND = "/duel"
ASK = "/ask"


def route(
    app: AsyncApp,
    *,
    arena: Arena,
    asking: Asking,
    desk: Desk,
    delivery: Delivery,
    forms: Forms,
    mailbox: Mailbox,
    emoji: Emoji,
    help_text: str,
    ask_help_text: str,
    me: str,
) -> AsyncApp:
    """Give a Bolt app all its listeners. `me` is the app's own user id, whose reactions are no votes.

    The manifest is made from these lines as well: see `handlers/manifest.py`.
    """
    # votes first: they come by the hundred, and Bolt tries one line after the other
    app.event("reaction_added")(partial(votes.reaction, arena=arena, emoji=emoji, me=me))
    app.event("reaction_removed")(partial(votes.reaction, arena=arena, emoji=emoji, me=me))
    app.command(COMMAND)(
        partial(duel.start, arena=arena, desk=desk, delivery=delivery, forms=forms, help_text=help_text)
    )
    app.command(ASK)(partial(question.ask, asking=asking, help_text=ask_help_text))
    app.event("app_mention")(partial(letters.mention, mailbox=mailbox))
    app.event("message")(partial(letters.direct, mailbox=mailbox))
    app.shortcut(DUEL_THIS)(partial(letters.duel_this, mailbox=mailbox))
    app.shortcut(NEW_DUEL)(partial(form.shortcut, forms=forms))
    app.view(FORM)(partial(form.submitted, forms=forms))
    app.action(REVEAL)(partial(duel.reveal, arena=arena))
    app.action(AGAIN)(partial(duel.ask_again, arena=arena))
    app.action(CANCEL)(partial(duel.cancel, arena=arena))
    app.action(CHOOSE_TOPIC)(partial(duel.topic, arena=arena))
    app.error(failures.explain)
    return app
