"""A Slack in a box, on loopback: the Web API, Socket Mode and a page, for the demo and for tests."""

from playground.acts import Ack
from playground.calls import Call
from playground.playground import Playground
from playground.team import Team

__all__ = ["Ack", "Call", "Playground", "Team"]
