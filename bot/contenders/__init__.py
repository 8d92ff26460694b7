"""The roster of contenders, and the one client that streams their answers."""

from bot.contenders.bench import Bench
from bot.contenders.client import Client
from bot.contenders.reading import Delta
from bot.contenders.roster import Contender, Limits

__all__ = ["Bench", "Client", "Contender", "Delta", "Limits"]
