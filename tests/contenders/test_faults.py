"""Every fault that a provider can have, from raw bytes, and what must come of it."""

import logging

import pytest

from tests.contenders.asking import KEY, asking
from tests.contenders.cases import Case
from tests.contenders.cases_refused import REFUSED
from tests.contenders.cases_streamed import STREAMED


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in (*STREAMED, *REFUSED)])
async def test_fault(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with asking() as ask:
        answer = await ask.answer(*case.replies)
        requests = ask.requests
    assert answer.outcome is case.outcome, answer
    assert answer.text == case.text
    assert answer.reasoning == case.reasoning
    assert answer.finish_reason == case.finish
    assert case.detail in answer.detail
    assert bool(case.detail) == bool(answer.detail)
    assert requests == answer.attempts == case.requests
    assert answer.bill.usd == case.cost
    assert (answer.usage.output_tokens is None) == (case.cost is None)
    if case.cached is not None:
        assert answer.usage.cached_tokens == case.cached
    if case.ttft_s is not None:
        assert answer.timing.ttft_s == case.ttft_s
    assert KEY not in repr(answer) + caplog.text
