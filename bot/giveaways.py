"""Answers that say who wrote them. Whoever votes on one no longer votes blind."""

import re

from bot.words import kept

SAYS_WHO = kept("Answer {side} says who wrote it: “{words}”.")
SAYS_WHO_UNQUOTED = kept("Answer {side} says who wrote it.")
"""The same once the words of the answer are erased."""

_NAMES = (
    r"Qwen[\w.\-]*|QwQ[\w.\-]*|Tongyi(?:[ -]Qianwen)?|Alibaba(?:[ -]Cloud)?|DeepSeek[\w.\-]*|"
    r"Chat-?GPT|GPT-?[45o][\w.\-]*|OpenAI|Claude|Anthropic|Gemini|Google(?: DeepMind)?|Gemma|Llama[\w.\-]*|"
    r"Meta(?: AI)?|Mistral(?: AI)?|Kimi|Moonshot(?: AI)?|ChatGLM|GLM[\w.\-]*|Zhipu(?: AI)?|SmolLM[\w.\-]*|"
    r"Hugging ?Face|通义千问|通义|千问|阿里巴巴|阿里云|深度求索|月之暗面|智谱|文心一言|豆包"
)
_NAME = rf"(?:{_NAMES})(?![\w-])"
_ZH_NAME = rf"(?:{_NAMES})"
_MADE = r"(?:made|created|developed|trained|built|provided|designed)"
_SELF = r"(?:AI|language model|model|assistant|chatbot|LLM)"
_ARTICLE = r"(?:an? |the )?"
_NEAR = r"[^.!?\n]{0,60}?"
"""On the way from “I” to the name: within the sentence."""

_GIVEAWAYS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bI(?:['’]m| am) {_ARTICLE}(?:{_SELF},? )?(?:called |named |known as )?{_NAME}",
        rf"\bI(?:['’]m| am) {_ARTICLE}{_NEAR}{_SELF}{_NEAR}\b{_MADE}(?: and \w+)? by {_NAME}",
        rf"\bI(?:['’]m| am) {_ARTICLE}{_NEAR}{_SELF}(?: called| named|,) {_NAME}",
        rf"\bI (?:was|have been) {_MADE}(?: and \w+)? by {_NAME}",
        rf"\bmy name is {_NAME}",
        rf"\bas {_NAME}(?:,[^.!?\n,]{{0,60}})?, (?:I|my)\b",
        rf"\bas {_ARTICLE}{_NEAR}{_SELF} {_MADE} by {_NAME}",
        rf"\bich bin {_NEAR}(?:ein\w* )?(?:{_NEAR}von )?{_NAME}",
        rf"\bich wurde von {_NAME}",
        rf"\b(?:mein name ist|ich heiße) {_NAME}",
        rf"\bals {_NAME}(?:,[^.!?\n,]{{0,60}},)? (?:bin|habe|kann|werde|wurde|möchte|weiß) ich\b",
        rf"\bals {_NEAR}(?:KI|Sprachmodell|Assistent)\w*{_NEAR} von {_NAME}",
        rf"我(?:是|叫|的名字是|的名字叫)(?:由|来自|一个|一款|名为|，|\s){{0,3}}{_ZH_NAME}",
        rf"我是[^。！？\n]{{0,20}}由{_ZH_NAME}[^。！？\n]{{0,20}}(?:开发|训练|研发|创建|打造|推出)",
        rf"作为(?:由|来自|一个|\s)?{_ZH_NAME}[^。！？\n]{{0,20}}[，,]\s?我",
    )
]
_NOT_ITS_OWN_VOICE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|^[ \t]*>[^\n]*|\"[^\"\n]{0,400}\"|“[^”\n]{0,400}”|„[^“\n]{0,400}“|"
    r"«[^»\n]{0,400}»|「[^」\n]{0,400}」|『[^』\n]{0,400}』",
    re.DOTALL | re.MULTILINE,
)
"""Code, quotations and what characters say: the words of others."""


def gives_itself_away(text: str) -> str | None:
    """The words in which an answer says who wrote it, in English, German or Chinese; `None` if it does not.

    The names alone give nothing away, whoever asked about them gets them in both answers: it takes a sentence
    in the first person. That the claim may be false changes nothing, for people vote on what they read.
    """
    own = _NOT_ITS_OWN_VOICE.sub(" … ", text)
    found = [match for pattern in _GIVEAWAYS if (match := pattern.search(own))]
    return min(found, key=lambda match: match.start()).group().strip() if found else None
