"""The ballot paper that one person alone sees."""

from bot.booth import Paper, is_secret
from bot.duel import Side
from bot.votes import Choice, choice_of
from bot.words import noted, say
from handlers.cards import Block, Message

VOTE_SECRETLY = "vote_secretly"
"""Action id of the button under a duel."""
MARK = "secret_vote_"
"""How the action ids on the paper begin; a choice follows, or `WITHDRAW`."""
WITHDRAW = "withdraw"
FLAG = "flag_answer_"
"""How the action ids begin that call an answer unsafe; its side follows."""
SAYS = {
    Choice.A: noted("A is better"),
    Choice.B: noted("B is better"),
    Choice.TIE: noted("Equally good"),
    Choice.BOTH_BAD: noted("Both bad"),
}


def paper(held: Paper) -> Message:
    """How a person's vote stands, and the buttons that change it."""
    text = _state(held)
    blocks: list[Block] = [_section(say("*Your ballot.* {text}", text=text))]
    if not held.over:
        chosen = held.vote if held.vote is not None and is_secret(held.vote) else None
        buttons = [
            _button(held, choice, say(SAYS[choice]), chosen=chosen == f"secret:{choice}") for choice in Choice
        ]
        if held.secret:
            buttons.append(_button(held, WITHDRAW, say("Withdraw")))
        blocks += [{"type": "actions", "elements": buttons}, *_flags(held)]
    blocks.append(
        _context(say("Only you see this. One vote a person, by emoji or in secret: your newest counts."))
    )
    return {"text": text, "blocks": blocks}


def _state(held: Paper) -> str:
    if held.over:
        if not held.counted:
            return say("This vote has closed, and nothing changes it any more. None of yours was counted.")
        return say(
            "This vote has closed, and nothing changes it any more. What counted for you: {vote}.",
            vote=say(SAYS[held.counted]),
        )
    if held.vote is None:
        return say("You have no vote on this duel yet. Which answer is better?")
    said = say(SAYS[choice_of(held.vote)])
    if is_secret(held.vote):
        return say("Your vote, in secret: {vote}. You can change it until the vote closes.", vote=said)
    return say(
        "Your vote, by your emoji, which everybody sees: {vote}. A secret vote takes its place.", vote=said
    )


def _button(held: Paper, what: str, says: str, *, chosen: bool = False) -> Block:
    button = _press(f"{MARK}{what}", says, f"{held.duel}:{what}")
    return {**button, "style": "primary"} if chosen else button


def _flags(held: Paper) -> list[Block]:
    """What calls an answer unsafe, which is no vote."""
    buttons = []
    for side in Side:
        on = side not in held.unsafe
        name = side.upper()
        says = say("Flag {side} as unsafe", side=name) if on else say("Take the flag off {side}", side=name)
        button = _press(f"{FLAG}{side}", says, f"{held.duel}:{side}:{'on' if on else 'off'}")
        buttons.append(button)
    told = [
        _context(say(":rotating_light: You call answer {side} unsafe. That is no vote.", side=side.upper()))
        for side in Side
        if side in held.unsafe
    ]
    return [*told, {"type": "actions", "elements": buttons}]


def _press(action: str, says: str, value: str) -> Block:
    text = {"type": "plain_text", "text": says}
    return {"type": "button", "action_id": action, "text": text, "value": value}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}
