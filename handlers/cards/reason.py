"""Why one contender answered a question, or both did: in one line, and in no more than the votes support."""

from collections.abc import Mapping
from math import log

from bot.duel import Answer, ContenderId, Topic, TopicBy
from bot.question import Question
from bot.routing import CheaperBy, Choice, Ground
from bot.words import figure, say, sentences
from handlers.cards.figures import dollars, duels, odds
from handlers.cards.text import mrkdwn
from handlers.cards.topics import WITHIN

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
    return sentences(said, _topic(question), _another_version(choice, answer))


def instead(question: Question) -> str:
    """Why both answer."""
    choice = question.choice
    assert choice is not None
    return sentences(
        say(
            "Which of the two this team prefers {where} is not known yet: {duels}. So both answer, unnamed, "
            "in a duel in this channel; your vote there helps to make it known. (Some such questions become "
            "duels; the others are answered by one model.)",
            where=_on(question.topic),
            duels=_duels(question, choice),
        ),
        _topic(question),
    )


def _by_votes(question: Question, choice: Choice, name: str, other: str) -> str:
    said = say(
        "*{name}* answered: this team's votes prefer it to {other} {where}, {won} of {decided} decided duels "
        "(evidence {odds} to 1; {threshold} to 1 is asked for).",
        name=name,
        other=other,
        where=_scope(question, choice),
        won=choice.won,
        decided=figure(choice.won + choice.lost, ","),
        odds=odds(choice.log_e),
        threshold=figure(choice.threshold, ",.0f"),
    )
    return sentences(said, _only_in_all(question, choice))


def _by_cost(question: Question, choice: Choice, name: str, other: str) -> str:
    small = choice.threshold > 0 and choice.log_e >= log(choice.threshold) and choice.won != choice.lost
    values = {
        "name": name,
        "other": other,
        "where": _scope(question, choice),
        "points": figure(100 * choice.margin, ".0f"),
        "duels": duels(choice.won + choice.lost + choice.split),
    }
    if small:
        said = say(
            "*{name}* answered: it and {other} are equally good for this team {where}: shares within "
            "±{points} points of half, on {duels}; the small lead of {ahead} is real, though.",
            ahead=name if choice.won > choice.lost else other,
            **values,
        )
    else:
        said = say(
            "*{name}* answered: it and {other} are equally good for this team {where}: shares within "
            "±{points} points of half, on {duels}.",
            **values,
        )
    return sentences(said, _cheaper(choice, other), _only_in_all(question, choice))


def _by_default(question: Question, choice: Choice, name: str, other: str) -> str:
    said = say(
        "*{name}* answered. Whether this team prefers it to {other} {where} is not known yet: {duels}.",
        name=name,
        other=other,
        where=_on(question.topic),
        duels=_duels(question, choice),
    )
    return sentences(said, _cheaper(choice, other))


def _by_pause(_: Question, choice: Choice, name: str, other: str) -> str:  # noqa: ARG001 - one of four
    return say(
        "*{name}* answered, for {other} is paused just now. Nothing was compared.", name=name, other=other
    )


def _cheaper(choice: Choice, other: str) -> str:
    if choice.cheaper_by is CheaperBy.BILLS:
        return say(
            "It is the cheaper one: {cost} an answer here on average, and {other} {dearer}.",
            cost=dollars(choice.usual_usd),
            other=other,
            dearer=dollars(choice.other_usd),
        )
    if choice.cheaper_by is CheaperBy.PRICES:
        return say("It is the cheaper one, by the prices of today.")
    if choice.usual_usd is not None and choice.usual_usd == choice.other_usd:
        return say(
            "Both cost the same here, {cost} an answer on average, so it is the first of the two in the "
            "settings.",
            cost=dollars(choice.usual_usd),
        )
    return say("Neither is known to be cheaper, so it is the first of the two in the settings.")


def _scope(question: Question, choice: Choice) -> str:
    """What the duels behind a claim were about."""
    return _on(choice.about) if choice.about or question.topic is None else say("over all topics")


def _only_in_all(question: Question, choice: Choice) -> str:
    """Where the duels on the topic itself are too few for a claim."""
    if question.topic is None or choice.about is not None:
        return ""
    there = duels(choice.on_topic or 0)
    if question.topic is Topic.OTHER:
        return say("On other prompts alone it is not known yet ({duels}).", duels=there)
    topic = say(WITHIN[question.topic])
    return say("On {topic} alone it is not known yet ({duels}).", topic=topic, duels=there)


def _duels(question: Question, choice: Choice) -> str:
    if question.topic is None:
        return say("{duels} so far", duels=duels(choice.in_all))
    return say(
        "{duels} so far, and {number} over all topics",
        duels=duels(choice.on_topic or 0),
        number=figure(choice.in_all, ","),
    )


def _on(topic: Topic | None) -> str:
    if topic is None:
        return say("over all prompts")
    if topic is Topic.OTHER:
        return say("on other prompts")
    return say("on {topic}", topic=say(WITHIN[topic]))


def _topic(question: Question) -> str:
    if question.topic is None:
        return ""
    by_asker = question.topic_by is TopicBy.PERSON
    return say("Topic by the asker.") if by_asker else say("Topic by the classifier.")


def _another_version(choice: Choice, answer: Answer | None) -> str:
    """Votes on one version of a model say nothing of another."""
    if answer is None or not (choice.model and answer.reported_model) or choice.won + choice.lost == 0:
        return ""
    if choice.model == answer.reported_model:
        return ""
    return say(
        "The duels were about its version {was}; this answer is by {now}.",
        was=mrkdwn(choice.model),
        now=mrkdwn(answer.reported_model),
    )
