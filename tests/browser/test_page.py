"""The whole app, used in the playground's page by people with a browser."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.page import Visitor, visitor
from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, RIGHT, Story

pytestmark = pytest.mark.browser

RICH = "| model | speed |\n|---|---|\n| one | fast |\n\n```python\nprint(1 < 2)\n```\n\n- first\n- second"
HOSTILE = (
    "<script>window.hacked = 1</script> <img src=x onerror='window.hacked=1'> "
    "<!channel> [x](javascript:alert(1))"
)


async def test_a_duel_is_asked_voted_by_three_and_revealed(page: Visitor, world: Story) -> None:
    await page.become("Ana")
    await page.say("/duel why is the sky blue?")
    await expect(page.messages().last).to_contain_text("Which one is better?")
    await expect(page.messages().last).to_contain_text("Right says Rayleigh.")
    await expect(page.messages().last).not_to_contain_text(LEFT)
    for name, emoji in (("Ben", "a"), ("Chlo", "b"), ("Dev", "handshake")):
        await page.become(name)
        await page.reaction(emoji).click()
        await expect(page.reaction(emoji)).to_have_attribute("aria-pressed", "true")
    await page.become("Chlo")
    await page.reaction("b").click()  # changes her mind
    await expect(page.reaction("b")).to_have_attribute("aria-pressed", "false")
    await page.reaction("a").click()
    await page.become("Dev")
    await page.reaction("handshake").click()  # withdraws
    await expect(page.reaction("a")).to_contain_text("3")
    await world.delivered()
    await page.become("Ana")
    await page.press("Reveal now")
    revealed = page.messages().last
    await expect(revealed).to_contain_text(re.compile(r"wins this one, 2 to 0"))
    await expect(revealed).to_contain_text(LEFT)
    await expect(revealed).to_contain_text(RIGHT)
    await expect(revealed).to_contain_text("tokens")
    await expect(revealed).to_contain_text("$0.000")


async def test_of_two_cards_in_a_row_each_has_its_author_and_its_frame(page: Visitor, world: Story) -> None:
    await world.duel("ana", "why is the sky blue?")
    await world.duel("ben", "what is 17*23?")
    await expect(page.page.locator("#messages .card .name")).to_have_text(["Duel", "Duel"])
    frames = [await card.bounding_box() for card in await page.page.locator(".card .blocks").all()]
    assert frames[0]
    assert frames[1]
    assert frames[0]["y"] + frames[0]["height"] + 60 < frames[1]["y"]
    for text in ("hm,", "interesting"):
        await world.say("dev", text)
    await expect(page.page.locator("#messages .name")).to_have_text(["Duel", "Duel", "Dev Patel"])


async def test_a_secret_ballot_is_filled_in_and_nobody_else_sees_it(
    page: Visitor, world: Story, tmp_path: Path
) -> None:
    await page.become("Ana")
    await page.say("/duel why is the sky blue?")
    await expect(page.messages().last).to_contain_text("Which one is better?")
    await page.become("Ben")
    await page.press("Vote secretly")
    await expect(page.messages().last).to_contain_text("You have no vote on this duel yet")
    await page.press("B is better")
    await expect(page.messages().last).to_contain_text("Your vote, in secret: B is better.")
    await page.shoot(tmp_path / "ballot.png")
    await page.become("Ana")
    await expect(page.page.locator("#messages")).not_to_contain_text("in secret")
    await page.press("Reveal now")
    await expect(page.messages().last).to_contain_text(re.compile(r"wins this one, 1 to 0"))
    await page.press("Why")
    await expect(page.messages().last).to_contain_text("How this duel was counted")


async def test_what_one_does_another_sees_without_reloading(
    page: Visitor, browser: Browser, world: Story
) -> None:
    async with visitor(browser, world.slack.url) as other:
        await other.become("Ben")
        await page.say("/duel why?")
        await expect(other.messages().last).to_contain_text("Which one is better?")
        await other.reaction("b").click()
        await expect(page.reaction("b")).to_contain_text("2")


async def test_what_concerns_one_person_is_seen_by_that_person(page: Visitor) -> None:
    await page.become("Ana")
    await page.say("/duel for:10m")
    await expect(page.messages().last).to_contain_text("Give them something to answer")
    await page.become("Ben")
    await expect(page.page.locator("#messages")).not_to_contain_text("Give them something to answer")


async def test_tables_code_and_lists_are_rendered(page: Visitor, world: Story) -> None:
    world.left.will(says(RICH))
    await page.say("/duel show me")
    shown = page.messages().last
    await expect(shown.locator("table td").first).to_have_text("one")
    await expect(shown.locator("pre")).to_contain_text("print(1 < 2)")
    await expect(shown.locator("li")).to_have_count(2)


async def test_a_models_text_runs_nothing_pages_nobody_and_links_nowhere_bad(
    page: Visitor, world: Story
) -> None:
    world.left.will(says(HOSTILE))
    await page.say("/duel attack")
    shown = page.messages().last
    await expect(shown).to_contain_text("<script>window.hacked = 1</script>")
    await expect(shown).to_contain_text("<!channel>")
    assert await page.page.evaluate("window.hacked") is None
    assert await shown.locator("[data-testid=mention]").all_text_contents() == ["@ana"]
    assert await shown.locator("a[href^=javascript]").count() == 0
    assert await shown.locator("img").count() == 0


async def test_long_answers_are_read_in_the_thread(page: Visitor, world: Story) -> None:
    world.left.will(says("\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(40))))
    await page.say("/duel tell me everything")
    await expect(page.messages().last).to_contain_text("goes on in the thread")
    await page.page.get_by_test_id("open-thread").click()
    await expect(page.page.locator("#thread")).to_contain_text("Paragraph 39.")


async def test_the_keyboard_alone_is_enough(page: Visitor) -> None:
    await page.page.locator("#composer").focus()
    await page.page.keyboard.type("/du")
    await expect(page.page.get_by_test_id("command-menu")).to_be_visible()
    await page.page.keyboard.press("Tab")
    await expect(page.page.locator("#composer")).to_have_value(re.compile("^/duel "))
    await page.page.keyboard.type("why?")
    await page.page.keyboard.press("Enter")
    await expect(page.messages().last).to_contain_text("Which one is better?")
    await page.reaction("a").focus()
    await page.page.keyboard.press("Enter")
    await expect(page.reaction("a")).to_have_attribute("aria-pressed", "true")


async def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, world: Story) -> None:
    world.left.will(says(RICH + "\n\n" + "unbreakable" * 40))
    async with visitor(browser, world.slack.url, width=390, height=844, touch=True) as phone:
        await phone.say("/duel why?")
        await expect(phone.messages().last).to_contain_text("Which one is better?")
        assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_failure_is_told_in_the_channel(page: Visitor, world: Story) -> None:
    world.right.will(fails(401, {"error": {"message": "bad key"}}))
    await page.say("/duel why?")
    await expect(page.messages().last).to_contain_text("Only one of the two answered")
    await expect(page.messages().last).to_contain_text("API key was refused")
