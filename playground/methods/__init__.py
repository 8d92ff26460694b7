"""Slack's Web API, one family of methods a module; importing the package fills the table of methods."""

from playground.methods import apps, chat, conversations, files, oauth, reactions, users, views
from playground.methods.method import METHODS, Args

__all__ = [
    "METHODS",
    "Args",
    "apps",
    "chat",
    "conversations",
    "files",
    "oauth",
    "reactions",
    "users",
    "views",
]
