"""What Slack or a clock does to us, and what we show: the routing table, one line a trigger."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.arena import Arena
from bot.asking import Asking
from bot.exchange.delivery import Delivery
from bot.home import Home
from bot.teams import Teams
from handlers import duel, failures, home, question, settings, votes
from handlers.cards import home as home_cards
from handlers.cards.duel import REVEAL
from handlers.cards.help import Pages
from handlers.cards.settings import SETTINGS
from handlers.cards.topics import CHOOSE_TOPIC
from handlers.digest import Desk
from handlers.settings import SettingsDesk
from handlers.teams import left
from handlers.workspaces import Workspaces

COMMAND = "/duel"
ASK = "/ask"


def route(
    app: AsyncApp,
    *,
    arena: Arena,
    asking: Asking,
    desk: Desk,
    delivery: Delivery,
    settings_desk: SettingsDesk,
    own_page: Home,
    help_pages: Pages,
    ask_help_text: str,
    teams: Teams | None,
    workspaces: Workspaces,
) -> AsyncApp:
    """Give a Bolt app all its listeners. Without `teams` there is one workspace, whose token is a setting.

    The manifest is made from these lines as well: see `handlers/manifest.py`.
    """
    # votes first: they come by the hundred, and Bolt tries one line after the other
    app.event("reaction_added")(partial(votes.reaction, arena=arena))
    app.event("reaction_removed")(partial(votes.reaction, arena=arena))
    app.command(COMMAND)(
        partial(
            duel.start,
            arena=arena,
            desk=desk,
            delivery=delivery,
            settings=settings_desk,
            help_pages=help_pages,
        )
    )
    app.command(ASK)(partial(question.ask, asking=asking, help_text=ask_help_text))
    app.action(REVEAL)(partial(duel.reveal, arena=arena))
    app.action(CHOOSE_TOPIC)(partial(duel.topic, arena=arena))
    app.event("app_home_opened")(partial(home.opened, home=own_page))
    app.action(home_cards.WINDOW)(partial(home.chosen, home=own_page))
    app.action(home_cards.TOPIC)(partial(home.chosen, home=own_page))
    app.action(home_cards.SETTLE)(partial(home.settle, desk=settings_desk))
    app.action(home_cards.TRY)(partial(home.try_one, desk=settings_desk))
    app.view(SETTINGS)(partial(settings.save, desk=settings_desk))
    app.event("app_uninstalled")(partial(left, teams=teams, workspaces=workspaces))
    app.event("tokens_revoked")(partial(left, teams=teams, workspaces=workspaces))
    app.error(failures.explain)
    return app
