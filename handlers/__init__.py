"""What Slack or a clock does to us, and what we show: the routing table, one line a trigger."""

import re
from collections.abc import Callable
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.arena import Arena
from bot.asking import Asking
from bot.booth import Booth
from bot.exchange.delivery import Delivery
from bot.flags import Flags
from bot.home import Home
from bot.privacy import Privacy
from bot.teams import Teams
from handlers import ballot, duel, failures, form, home, letters, question, settings, votes
from handlers import privacy as personal
from handlers.cards import home as home_cards
from handlers.cards.ballot import FLAG, MARK, VOTE_SECRETLY
from handlers.cards.duel import AGAIN, CANCEL, REMATCH, REVEAL, WHY
from handlers.cards.form import ASK as FORM
from handlers.cards.help import Pages
from handlers.cards.privacy import FORGET_ME
from handlers.cards.settings import SETTINGS
from handlers.cards.topics import CHOOSE_TOPIC
from handlers.digest import Desk
from handlers.form import NEW_DUEL, Forms
from handlers.letters import DUEL_THIS, Mailbox
from handlers.replies import Replies
from handlers.settings import SettingsDesk
from handlers.teams import left
from handlers.workspaces import Workspaces

COMMAND = "/duel"
ASK = "/ask"


def route(
    app: AsyncApp,
    *,
    arena: Arena,
    booth: Booth,
    flags: Flags,
    asking: Asking,
    desk: Desk,
    delivery: Delivery,
    settings_desk: SettingsDesk,
    own_page: Home,
    privacy: Privacy,
    replies: Replies,
    forms: Forms,
    mailbox: Mailbox,
    help_pages: Pages,
    ask_help: Callable[[], str],
    teams: Teams | None,
    workspaces: Workspaces,
) -> AsyncApp:
    """Give a Bolt app all its listeners. Without `teams` there is one workspace, whose token is a setting.

    The manifest is made from these lines as well: see `handlers/manifest.py`.
    """
    # votes first: they come by the hundred, and Bolt tries one line after the other
    app.event("reaction_added")(partial(votes.reaction, arena=arena, flags=flags))
    app.event("reaction_removed")(partial(votes.reaction, arena=arena, flags=flags))
    app.command(COMMAND)(
        partial(
            duel.start,
            arena=arena,
            desk=desk,
            delivery=delivery,
            settings=settings_desk,
            privacy=privacy,
            forms=forms,
            help_pages=help_pages,
        )
    )
    app.command(ASK)(partial(question.ask, asking=asking, help_text=ask_help))
    app.event("app_mention")(partial(letters.mention, mailbox=mailbox))
    app.event("message")(partial(letters.direct, mailbox=mailbox))
    app.shortcut(DUEL_THIS)(partial(letters.duel_this, mailbox=mailbox))
    app.shortcut(NEW_DUEL)(partial(form.shortcut, forms=forms))
    app.view(FORM)(partial(form.submitted, forms=forms))
    app.action(REVEAL)(partial(duel.reveal, arena=arena, replies=replies))
    app.action(WHY)(partial(duel.why, desk=desk, replies=replies))
    app.action(REMATCH)(partial(duel.rematch, arena=arena))
    app.action(VOTE_SECRETLY)(partial(ballot.open_paper, booth=booth, replies=replies))
    app.action(re.compile(f"^{MARK}"))(partial(ballot.mark, booth=booth, replies=replies))
    app.action(re.compile(f"^{FLAG}"))(partial(ballot.flag, booth=booth, replies=replies))
    app.action(FORGET_ME)(partial(personal.forget, privacy=privacy, replies=replies))
    app.action(AGAIN)(partial(duel.ask_again, arena=arena))
    app.action(CANCEL)(partial(duel.cancel, arena=arena))
    app.action(CHOOSE_TOPIC)(partial(duel.topic, arena=arena))
    app.event("app_home_opened")(partial(home.opened, home=own_page))
    app.action(home_cards.WINDOW)(partial(home.chosen, home=own_page))
    app.action(home_cards.TOPIC)(partial(home.chosen, home=own_page))
    app.action(home_cards.SETTLE)(partial(home.settle, desk=settings_desk))
    app.action(home_cards.TRY)(partial(home.try_one, forms=forms))
    app.view(SETTINGS)(partial(settings.save, desk=settings_desk))
    app.event("app_uninstalled")(partial(left, teams=teams, workspaces=workspaces))
    app.event("tokens_revoked")(partial(left, teams=teams, workspaces=workspaces))
    app.error(failures.explain)
    return app
