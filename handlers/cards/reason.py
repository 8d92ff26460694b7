"""Why one contender answered a question, or both did: in one line, and in no more than the votes support."""

from collections.abc import Mapping
from math import log

from bot.duel import Answer, ContenderId, Topic, TopicBy
from bot.question import Question
from bot.routing import CheaperBy, Choice, Ground
from handlers.cards.figures import dollars, odds
from handlers.cards.text import mrkdwn
from handlers.cards.topics import TOPIC_LABELS

Labels = Mapping[ContenderId, str]


def why_chosen(question: Question, labels: Labels, answer: Answer | None = None) -> str:
    """In one line and in no more than the votes support, for Slack's markup."""
    choice = question.choice
    assert choice is not None
    assert choice.other is not None
    assert choice.chosen is not None
    name, other = (mrkdwn(labels.get(at, at)) for at in (choice.chosen, choice.other))
    said = {
        Ground.VOTES: _by_votes,
        Ground.EQUAL: _by_cost,
        Ground.UNKNOWN: _by_default,
        Ground.PAUSED: _by_pause,
    }[choice.ground](question, choice, name, other)
    return f"{said}{_topic(question)}{_another_version(choice, answer)}"


def instead(question: Question) -> str:
    """Why both answer."""
    choice = question.choice
    assert choice is not None
    return (
        f"Which of the two this team prefers {_on(question.topic)} is not known yet: "
        f"{_duels(question, choice)}. So both answer, unnamed, in a duel in this channel; your vote there "
        "makes it known. (Some such questions become duels; the others are answered by one model.)"
        f"{_topic(question)}"
    )


def _by_votes(question: Question, choice: Choice, name: str, other: str) -> str:
    decided = choice.won + choice.lost
    return (
        f"*{name}* answered: this team's votes prefer it to {other} {_scope(question, choice)}, "
        f"{choice.won} of {decided:,} decided duels (evidence {odds(choice.log_e)} to 1; "
        f"{choice.threshold:,.0f} to 1 is asked for).{_only_in_all(question, choice)}"
    )


def _by_cost(question: Question, choice: Choice, name: str, other: str) -> str:
    duels = choice.won + choice.lost + choice.split
    small = choice.threshold > 0 and choice.log_e >= log(choice.threshold) and choice.won != choice.lost
    ahead = name if choice.won > choice.lost else other
    lead = f"; the small lead of {ahead} is real, though" if small else ""
    return (
        f"*{name}* answered: it and {other} are equally good for this team {_scope(question, choice)}, "
        f"within ±{100 * choice.margin:.0f} points on {duels:,} duels{lead}. {_cheaper(choice, other)}"
        f"{_only_in_all(question, choice)}"
    )


def _by_default(question: Question, choice: Choice, name: str, other: str) -> str:
    return (
        f"*{name}* answered. Whether this team prefers it to {other} {_on(question.topic)} is not known yet: "
        f"{_duels(question, choice)}. {_cheaper(choice, other)}"
    )


def _by_pause(_: Question, choice: Choice, name: str, other: str) -> str:  # noqa: ARG001 - one of four
    return f"*{name}* answered, for {other} is paused just now. Nothing was compared."


def _cheaper(choice: Choice, other: str) -> str:
    if choice.cheaper_by is CheaperBy.BILLS:
        return (
            f"It is the cheaper one: {dollars(choice.usual_usd)} an answer here on average, and {other} "
            f"{dollars(choice.other_usd)}."
        )
    if choice.cheaper_by is CheaperBy.PRICES:
        return "It is the cheaper one, by the prices of today."
    return "Neither is known to be cheaper, so it is the first of the two in the settings."


def _scope(question: Question, choice: Choice) -> str:
    """What the duels behind a claim were about."""
    return _on(choice.about) if choice.about or question.topic is None else "over all topics"


def _only_in_all(question: Question, choice: Choice) -> str:
    """Where the duels on the topic itself are too few for a claim."""
    if question.topic is None or choice.about is not None:
        return ""
    return f" {_on(question.topic).capitalize()} alone it is not known yet ({_count(choice.on_topic or 0)})."


def _duels(question: Question, choice: Choice) -> str:
    if question.topic is None:
        return f"{_count(choice.in_all)} so far"
    return f"{_count(choice.on_topic or 0)} so far, and {choice.in_all:,} over all topics"


def _count(duels: int) -> str:
    return "1 duel" if duels == 1 else f"{duels:,} duels"


def _on(topic: Topic | None) -> str:
    if topic is None:
        return "over all prompts"
    return "on other prompts" if topic is Topic.OTHER else f"on {TOPIC_LABELS[topic].lower()}"


def _topic(question: Question) -> str:
    if question.topic is None:
        return ""
    return f" Topic by the {'asker' if question.topic_by is TopicBy.PERSON else 'classifier'}."


def _another_version(choice: Choice, answer: Answer | None) -> str:
    """Votes on one version of a model say nothing of another."""
    if answer is None or not (choice.model and answer.reported_model) or choice.won + choice.lost == 0:
        return ""
    if choice.model == answer.reported_model:
        return ""
    was, now = mrkdwn(choice.model), mrkdwn(answer.reported_model)
    return f" The duels were about its version {was}; this answer is by {now}."
