"""Slack's charts and data tables, as the playground's page draws them."""

from typing import Any

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from tests.browser.page import Visitor, look
from tests.worlds.story import Story

pytestmark = pytest.mark.browser


def _plot(kind: str, **series: tuple[float, float]) -> dict[str, Any]:
    axes = {"categories": ["Coding 51–99", "Maths"], "y_label": "% of the votes"}
    data = [
        {
            "name": name,
            "data": [{"label": at, "value": one} for at, one in zip(axes["categories"], both, strict=True)],
        }
        for name, both in series.items()
    ]
    return {"type": kind, "series": data, "axis_config": axes}


async def test_each_kind_of_chart_is_drawn_and_said_and_a_data_table_is_a_table(
    page: Visitor, world: Story
) -> None:
    client = AsyncWebClient(world.slack.bot_token, world.slack.api_url)
    pie = {"type": "pie", "segments": [{"label": "won", "value": 3}, {"label": "lost", "value": 1}]}
    quiet: dict[str, Any] = {
        "channel": world.general,
        "text": "one",
        "unfurl_links": False,
        "unfurl_media": False,
    }
    charts = [
        _plot("bar", A=(61, 40), B=(-5, 100)),
        _plot("line", A=(0.5, 0.25)),
        _plot("area", A=(7, 9)),
        pie,
    ]
    cells = [[{"type": "raw_text", "text": "left"}], [{"type": "raw_number", "value": 61}]]
    for number, chart in enumerate(charts):
        drawn = {"type": "data_visualization", "title": f"Chart {number}", "chart": chart}
        await client.chat_postMessage(**quiet, blocks=[drawn])
    table = {"type": "data_table", "caption": "Shares", "rows": cells}
    await client.chat_postMessage(**quiet, blocks=[table])
    await expect(page.messages().last.get_by_role("cell", name="61")).to_be_visible()
    await expect(page.page.get_by_role("img", name="Chart 0. A: Coding 51–99 61, Maths 40")).to_be_visible()
    await expect(page.page.get_by_role("img", name="Chart 3. won 3, lost 1")).to_be_visible()
    await expect(page.page.locator(".chart rect")).to_have_count(4)
    await expect(page.page.locator(".chart path.line")).to_have_count(2)
    await expect(page.page.locator(".chart path.slice")).to_have_count(2)
    await expect(page.page.get_by_text("does not show")).to_have_count(0)
    await look(page.page, "charts")
