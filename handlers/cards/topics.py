"""How topics are called in Slack, and the menu in which the asker says one."""

from collections.abc import Mapping

from bot.duel import Duel, Topic
from bot.words import noted, say
from handlers.cards import Block

CHOOSE_TOPIC = "choose_topic"
"""Action id of the menu."""
TOPIC_LABELS: Mapping[Topic, str] = {
    Topic.CODING: noted("Coding"),
    Topic.MATHS: noted("Maths and reasoning"),
    Topic.WRITING: noted("Writing"),
    Topic.SERVICE: noted("Customer service"),
    Topic.TRANSLATION: noted("Translation and language"),
    Topic.FACTS: noted("Facts"),
    Topic.SAFETY: noted("Safety"),
    Topic.OTHER: noted("Other"),
}

WITHIN: Mapping[Topic, str] = {
    Topic.CODING: noted("coding"),
    Topic.MATHS: noted("maths and reasoning"),
    Topic.WRITING: noted("writing"),
    Topic.SERVICE: noted("customer service"),
    Topic.TRANSLATION: noted("translation and language"),
    Topic.FACTS: noted("facts"),
    Topic.SAFETY: noted("safety"),
    Topic.OTHER: noted("other"),
}
"""The same within a sentence."""
BY_NAME: Mapping[Topic, str] = {
    **WITHIN,
    Topic.MATHS: noted("maths"),
    Topic.SERVICE: noted("service"),
    Topic.TRANSLATION: noted("translation"),
}
"""In a list, by the name that is typed."""


def topic_menu(duel: Duel) -> Block:
    """What the prompt is about: it tells of the prompt only, so it tells nothing of the sides."""
    options = {topic: _option(duel, topic) for topic in TOPIC_LABELS}
    menu: Block = {
        "type": "static_select",
        "action_id": CHOOSE_TOPIC,
        "placeholder": {"type": "plain_text", "text": say("Topic")},
        "options": list(options.values()),
    }
    return menu if duel.topic is None else {**menu, "initial_option": options[duel.topic]}


def _option(duel: Duel, topic: Topic) -> Block:
    text = {"type": "plain_text", "text": say("Topic: {topic}", topic=say(TOPIC_LABELS[topic]))}
    return {"text": text, "value": f"{duel.id}:{topic}"}
