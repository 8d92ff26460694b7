"""The roster of contenders, and the one client that streams their answers."""

from bot.contenders.client import Client
from bot.contenders.reading import Delta
from bot.contenders.roster import ROSTER, Contender, Limits

__all__ = ["ROSTER", "Client", "Contender", "Delta", "Limits"]
