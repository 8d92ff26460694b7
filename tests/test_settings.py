"""Contenders as an operator writes them, and what is said where they are wrong."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.duel import ContenderId
from bot.errors import SettingsError
from bot.settings import load

OURS = ContenderId("ours")


def _write(text: str) -> None:
    Path("contenders.toml").write_text(text)


def test_with_nothing_set_the_usual_two_are_the_houses_current_models() -> None:
    settings = load()
    models = [settings.roster[name].model for name in settings.duel_pair]
    assert models == ["qwen3.8-max", "deepseek-flash"]


def test_a_few_lines_add_a_contender_on_a_known_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", "the-key")
    _write('[contenders.ours]\nservice = "model-studio"\nlabel = "Qwen Plus"\nmodel = "qwen-plus"\n')
    contender, key = load().equip(OURS)
    assert contender.base_url == "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"
    assert key == SecretStr("the-key")


def test_a_contender_goes_over_its_service_field_by_field_and_table_by_table() -> None:
    _write(
        '[services.gate]\nbase_url = "http://gate/v1"\nlimits = { max_tokens = 100, idle_s = 5 }\n'
        '[contenders.ours]\nservice = "gate"\nlabel = "Ours"\nmodel = "m"\nlimits = { max_tokens = 300 }\n'
    )
    contender, _ = load().equip(OURS)
    assert contender.limits.max_tokens == 300
    assert contender.limits.idle_s == 5


def test_a_ready_made_contender_is_replaced_by_its_name() -> None:
    _write('[contenders.qwen-max]\nlabel = "Ours"\nbase_url = "http://gpu:8000/v1"\nmodel = "m"\n')
    contender, key = load().equip(ContenderId("qwen-max"))
    assert contender.label == "Ours"
    assert key is None


def test_the_address_is_filled_in_from_the_environment_or_the_env_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("AZURE_AI_RESOURCE=from-file\nAZURE_AI_API_KEY=the-key\n")
    azure = ContenderId("azure-deepseek-v3.2")
    assert load().equip(azure)[0].base_url == "https://from-file.services.ai.azure.com/openai/v1"
    monkeypatch.setenv("AZURE_AI_RESOURCE", "from-environment")
    assert load().equip(azure)[0].base_url == "https://from-environment.services.ai.azure.com/openai/v1"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("qwen-max", "DASHSCOPE_API_KEY is missing: it is the API key of Qwen3.8 Max. Get it at: Alibaba"),
        ("azure-deepseek-v3.2", "AZURE_AI_RESOURCE is missing; the address of DeepSeek V3.2 (Azure)"),
        ("azure-deepseek-v3.2", "Azure AI Foundry → your resource → Overview"),
        ("deepseek-r1", "AWS_REGION is missing"),
        ("vllm-qwen2.5", "http://gpu-box:8000/v1"),
    ],
)
def test_what_is_missing_is_named_with_where_to_get_it(name: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(variables={}).equip(ContenderId(name))
    assert said in str(error.value)


def test_a_key_that_can_be_none_is_said_at_once_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="DEEPSEEK_API_KEY holds characters") as error:
        load(keys={"DEEPSEEK_API_KEY": SecretStr("sk-two words")}).equip(ContenderId("deepseek-flash"))
    assert "two words" not in str(error.value)


def test_a_variable_that_makes_no_address_is_named() -> None:
    with pytest.raises(SettingsError, match="VLLM_URL cannot be made the address"):
        load(variables={"VLLM_URL": "gpu:8000"}).equip(ContenderId("vllm-qwen2.5"))


def test_a_self_hosted_server_may_have_a_key_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_URL", "http://gpu:8000/v1")
    assert load().equip(ContenderId("vllm-qwen2.5"))[1] is None
    monkeypatch.setenv("VLLM_API_KEY", "the-key")
    assert load().equip(ContenderId("vllm-qwen2.5"))[1] == SecretStr("the-key")


GOOD = {"label": '"Ours"', "base_url": '"http://gpu:8000/v1"', "model": '"m"'}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("model", None, "contenders.ours.model: Field required"),
        ("base_url", '"gpu:8000"', "contenders.ours.base_url: "),
        ("base_url", '"https://{region}.example.com"', "contenders.ours.base_url: in braces goes the name"),
        ("service", '"vlm"', "contenders.ours.service: no service “vlm”; there are model-studio"),
        ("priced_as", '"gold"', "contenders.ours.priced_as: no price list “gold”; there are qwen3-8-max"),
        ("modle", '"m"', "contenders.ours.modle: Extra inputs"),
        ("limits", "{ max_tokens = 0 }", "contenders.ours.limits.max_tokens: "),
        ("thinking", '"sometimes"', "contenders.ours.thinking: "),
        ("dialect", '"morse"', "contenders.ours.dialect: "),
        ("path", '"chat"', "contenders.ours.path: "),
        (
            "prices",
            '[{ since = 2026-01-01, rates = { input = "dear", output = 1 } }]',
            "contenders.ours.prices.0.rates.input: ",
        ),
        (
            "prices",
            "[{ since = 2026-01-01, rates = { input = 1, output = 1 }, windows = [{ name = 'w', "
            "zone = 'UTC', hours = [], holidays = 'mars', rates = { input = 1, output = 1 } }] }]",
            "contenders.ours.prices: no holidays “mars”; there are china",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_contender_and_the_field(
    field: str, value: str | None, said: str
) -> None:
    fields = GOOD | ({field: value} if value is not None else {})
    if value is None:
        del fields[field]
    _write("[contenders.ours]\n" + "\n".join(f"{name} = {text}" for name, text in fields.items()))
    with pytest.raises(SettingsError) as error:
        load()
    assert said in str(error.value)


def test_a_name_that_nobody_could_type_is_refused() -> None:
    _write('[contenders."a, b"]\nlabel = "x"\nbase_url = "http://gpu/v1"\nmodel = "m"\n')
    with pytest.raises(SettingsError, match=r"contenders.a, b: a name takes"):
        load()


def test_a_pair_that_is_not_on_the_roster_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match=r"DUEL_PAIR: no contender “gpt-9”; there are qwen-max"):
        load(duel_pair="qwen-max,gpt-9")


def test_no_key_shows_in_what_settings_say_of_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", "canary-key-1234567890")
    settings = load()
    assert "canary" not in repr(settings) + str(settings) + str(settings.model_dump())
