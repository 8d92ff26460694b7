"""The roster of contenders, and the one client that streams their answers."""

from bot.contenders.client import Client
from bot.contenders.lineup import Lineup
from bot.contenders.reading import Delta
from bot.contenders.roster import Contender, Limits

__all__ = ["Client", "Contender", "Delta", "Limits", "Lineup"]
