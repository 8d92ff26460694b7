"""The ready-made contenders, and what their requests look like."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.contenders import Contender, endpoint
from bot.contenders.roster import ready_made_contenders
from bot.contenders.said import Said
from bot.duel import ContenderId
from bot.settings import Settings, load

ROSTER = ready_made_contenders()
DOCUMENT = (Path(__file__).parents[1] / "docs" / "contenders.md").read_text()
VARIABLES = {
    "DASHSCOPE_WORKSPACE": "ws-1",
    "AZURE_AI_RESOURCE": "our-resource",
    "AWS_REGION": "us-east-1",
    "VLLM_URL": "http://gpu:8000/v1",
    "SGLANG_URL": "http://gpu:30000/v1/",
    "LLAMA_CPP_URL": "http://gpu:8080/v1",
    "OLLAMA_URL": "http://gpu:11434/v1",
}


def _equipped() -> Settings:
    keys = {contender.key: SecretStr("key-0123456789") for contender in ROSTER.values() if contender.key}
    return load(variables=VARIABLES, keys=keys)


def _at(name: str) -> Contender:
    contender, _ = _equipped().equip(ContenderId(name))
    return contender


def _body(name: str) -> dict[str, Any]:
    contender = _at(name)
    return endpoint.DIALECTS[contender.dialect].body(contender, Said("why?"), "0123abcd")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("qwen-max", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions"),
        (
            "qwen-max-workspace",
            "https://ws-1.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1/chat/completions",
        ),
        ("qwen-max-cn", "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions"),
        ("qwen2.5-max-us", "https://dashscope-us.aliyuncs.com/compatible-mode/v1/chat/completions"),
        ("deepseek-flash", "https://api.deepseek.com/chat/completions"),
        (
            "azure-deepseek-v3.2",
            "https://our-resource.services.ai.azure.com/openai/v1/chat/completions",
        ),
        (
            "azure-models-deepseek-v3.2",
            "https://our-resource.services.ai.azure.com/models/chat/completions"
            "?api-version=2024-05-01-preview",
        ),
        ("deepseek-v3.2", "https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions"),
        (
            "deepseek-r1",
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.deepseek.r1-v1%3A0/converse-stream",
        ),
        ("vllm-deepseek-v3", "http://gpu:8000/v1/chat/completions"),
        ("sglang-deepseek-r1", "http://gpu:30000/v1/chat/completions"),
        ("llama-cpp-qwen2.5", "http://gpu:8080/v1/chat/completions"),
        ("ollama-qwen2.5", "http://gpu:11434/v1/chat/completions"),
    ],
)
def test_every_service_has_its_address(name: str, url: str) -> None:
    assert endpoint.url(_at(name)) == url


def test_azure_takes_its_key_in_a_header_of_its_own_and_the_others_as_a_bearer() -> None:
    settings = _equipped()
    for name in settings.roster:
        headers = endpoint.headers(*settings.equip(name))
        sent = {header for header in ("authorization", "api-key") if header in headers}
        if name.startswith("azure"):
            assert sent == {"api-key"}
        elif name.startswith("ollama"):
            assert sent == set()
        else:
            assert headers["authorization"] == "Bearer key-0123456789"
            assert sent == {"authorization"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("qwen-max", {"enable_thinking": False, "max_tokens": 2048}),
        ("qwen-max-thinking", {"enable_thinking": True, "thinking_budget": 8192, "max_tokens": 2048}),
        ("qwen2.5-max", {"max_tokens": 2048}),
        ("deepseek-flash", {"thinking": {"type": "disabled"}, "max_tokens": 2048, "user_id": "0123abcd"}),
        (
            "deepseek-pro-thinking",
            {"thinking": {"type": "enabled"}, "max_tokens": 2048 + 8192, "user_id": "0123abcd"},
        ),
        ("deepseek-reasoner", {"max_tokens": 2048 + 8192, "user_id": "0123abcd"}),
        ("azure-deepseek-v4-pro", {"thinking": {"type": "disabled"}, "max_tokens": 2048}),
        ("vllm-deepseek-r1", {"max_tokens": 2048 + 8192}),
        ("vllm-deepseek-v3", {"max_tokens": 2048}),
    ],
)
def test_thinking_is_switched_and_limited_as_each_service_has_it(name: str, said: dict[str, Any]) -> None:
    body = _body(name)
    for always in ("model", "messages", "stream", "stream_options"):
        del body[always]
    assert body == said


def test_every_request_asks_for_usage_and_has_a_limit() -> None:
    for name, contender in ROSTER.items():
        body = _body(name)
        if contender.dialect == "converse":
            assert body["inferenceConfig"]["maxTokens"] == 2048 + 6144
        else:
            assert body["stream_options"] == {"include_usage": True}
            assert body["max_tokens"] >= contender.limits.max_tokens
            assert body["model"] == contender.model


def test_all_have_the_same_limit_for_what_people_read_and_thinkers_have_more_time() -> None:
    assert {contender.limits.max_tokens for contender in ROSTER.values()} == {2048}
    for contender in ROSTER.values():
        assert contender.limits.total_s == (600 if contender.thinking else 300)


def test_what_a_provider_may_refuse_can_be_dropped_and_the_rest_cannot() -> None:
    assert set(endpoint.droppable(_body("deepseek-pro-thinking"))) == {
        "stream_options",
        "max_tokens",
        "thinking",
        "user_id",
    }


def test_the_retired_ones_say_since_when_and_what_to_use_instead() -> None:
    retired = {name: contender for name, contender in ROSTER.items() if contender.retired}
    assert {contender.model for contender in retired.values()} == {
        "qwen-max",
        "deepseek-chat",
        "deepseek-reasoner",
        "DeepSeek-R1",
    }
    for name, contender in retired.items():
        assert re.match(r"since 2026-\d\d-\d\d; ", contender.retired or ""), name
        instead = re.findall(r"[a-z]+[\w.]*-[\w.-]*\w", (contender.retired or "").split(";")[1])
        assert instead
        assert all(other in ROSTER and not ROSTER[ContenderId(other)].retired for other in instead), name


def test_every_key_and_variable_says_where_to_get_it() -> None:
    for name, contender in ROSTER.items():
        assert contender.key is None or contender.key_from, name
        assert set(contender.variables) == set(contender.needs), name


def test_the_document_names_every_ready_made_contender_and_what_it_needs() -> None:
    for name, contender in ROSTER.items():
        server = re.match(r"(sglang|llama-cpp|ollama)-", name)
        written = f"`{server[1]}-…`" if server else f"`{name.removesuffix('-thinking')}`"
        assert written in DOCUMENT, name
        for variable in (*contender.variables, *filter(None, [contender.key])):
            assert f"`{variable}`" in DOCUMENT, name


EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_in_the_document_can_be_used(example: str) -> None:
    Path("contenders.toml").write_text(example)
    written = tomllib.loads(example)
    given = {**VARIABLES, "GATEWAY_HOST": "gateway.example.com"}
    named = {contender.key or "" for contender in load().roster.values()}
    settings = load(variables=given, keys={name: SecretStr("key-0123456789") for name in named})
    for name in written.get("contenders", {}):
        contender, _ = settings.equip(ContenderId(name))
        assert endpoint.url(contender).startswith("http")
        endpoint.DIALECTS[contender.dialect].body(contender, Said("why?"), None)
    for name in written.get("prices", {}):
        assert settings.price_table.list(name)


def test_the_examples_show_each_shape() -> None:
    written = "\n".join(EXAMPLES)
    for service in (
        "model-studio",
        "model-studio-us",
        "azure",
        "azure-models",
        "bedrock",
        "bedrock-converse",
        "vllm",
    ):
        assert f'service = "{service}"' in written
    assert "[services." in written
    assert "[[prices." in written
