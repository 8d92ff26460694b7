"""Answers that say who wrote them, and answers that only speak of models."""

import pytest

from bot.giveaways import gives_itself_away
from tests.worlds.provider import says
from tests.worlds.story import Story


@pytest.mark.parametrize(
    "text",
    [
        "I am DeepSeek-V3, and the sky is blue.",
        "Sure! I'm Qwen, how can I help?",
        "I’m an AI assistant created by Alibaba Cloud.",
        "I am a large language model, trained and developed by DeepSeek.",
        "I was developed by OpenAI.",
        "As Qwen, made by Alibaba, I cannot do that.",
        "As an AI language model developed by DeepSeek, I have no opinion.",
        "Hello. My name is Qwen2.5-Max.",
        "I am an assistant named Kimi.",
        "Ich bin Qwen, ein Sprachmodell.",
        "Ich bin ein Sprachmodell, das von Alibaba Cloud entwickelt wurde.",
        "Ich wurde von DeepSeek entwickelt.",
        "Als KI-Modell von DeepSeek habe ich keine Meinung.",
        "Als Qwen kann ich dazu nichts sagen.",
        "你好！我是通义千问。",
        "我是DeepSeek-R1，一个由深度求索公司开发的智能助手。",
        "我是一个由阿里云训练的语言模型。",
        "作为深度求索开发的助手，我不能回答。",
        "我叫Qwen。",
    ],
)
def test_an_answer_that_says_who_wrote_it_is_told_by_its_words(text: str) -> None:
    assert gives_itself_away(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The sky is blue.",
        "Qwen is made by Alibaba, DeepSeek by a company in Hangzhou.",
        "DeepSeek-V3 was developed by DeepSeek; I am not sure when.",
        "I am comparing Qwen and DeepSeek here.",
        "I am an assistant and do not know Qwen's prices.",
        "As Qwen improves, I expect its price to fall.",
        "As DeepSeek, a company from Hangzhou, has shown, it can be cheap.",
        "I'm a fan of metaphors, and of Google's search.",
        "The robot said: “I am DeepSeek, and I was made by Qwen.”",
        "```python\nprint('I am Qwen')\n```",
        "> I am DeepSeek\n\nThat is what a model might say.",
        "Ich bin der Meinung, dass man beide Modelle vergleichen sollte.",
        "Als Qwen erschien, war das Modell neu.",
        "Als Google die Transformer-Architektur vorstellte, war ich noch nicht trainiert.",
        "通义千问是阿里云开发的大模型，深度求索开发了DeepSeek。",
        "我是一名助手，可以比较通义千问和DeepSeek。",
        "I was trained by people who love llamas.",
    ],
)
def test_an_answer_that_only_speaks_of_models_stays_blind(text: str) -> None:
    assert gives_itself_away(text) is None


async def test_a_duel_whose_answer_names_its_author_does_not_count_and_says_so(
    slack: Story,
) -> None:
    slack.left.will(says("I am Qwen, made by Alibaba. The sky is blue."))
    duel = await slack.duel("ana", "why is the sky blue?")
    await slack.react("ben", duel, "a")
    assert "not count" not in slack.text(duel)
    await slack.reveal("ana", duel)
    assert "Does not count for preference" in slack.text(duel)
    assert "I am Qwen" in slack.text(duel)
