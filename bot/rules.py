"""The rules of one duel, settled for good when it is asked: nothing changes them under its voters."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """What somebody is to the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    """Of another workspace, in a channel that both share."""
    BOT = "bot"
    """No human being, or nobody."""


class Voters(StrEnum):
    """Whose votes count."""

    EVERYBODY = "everybody"
    TEAM = "team"
    """Members and guests of the workspace."""
    MEMBERS = "members"

    def admit(self, standing: Standing) -> bool:
        """Whether the votes of somebody like that count; a bot's never do."""
        return standing in _VOTERS[self]


_VOTERS = {
    Voters.EVERYBODY: {Standing.MEMBER, Standing.GUEST, Standing.STRANGER},
    Voters.TEAM: {Standing.MEMBER, Standing.GUEST},
    Voters.MEMBERS: {Standing.MEMBER},
}


@dataclass(frozen=True)
class Rules:
    """What holds for one duel from the question to the reveal."""

    signs: tuple[str, ...] = ()
    """What stands for A, B, a tie and both bad, in that order. Opaque here: only the stage can read them."""
    quorum: int | None = None
    """So many votes close it; `None`: only time and the asker do."""
    system: str | None = None
    """The system prompt that both contenders are given."""
    voters: Voters = Voters.EVERYBODY
    anyone_reveals: bool = False
    """Whether anybody may end the vote early, or only the asker."""
    members_only: bool = False
    """Whether only members may have asked it: that is looked up before anything is shown or paid."""


ANY_RULES = Rules()
"""Of a duel that nobody has settled anything for."""
