"""The job of a letter: read what it asks for, with its files, and do that or say privately why not."""

from zoneinfo import ZoneInfo

from bot.arena import Arena
from bot.errors import NotNow, StageError, UsageError
from bot.jobs import Lease
from bot.letters import Letter, Letters
from bot.rounds import Rounds
from bot.words import noted, say, speak
from handlers.asides import aside
from handlers.attachments import Attachments
from handlers.cards.help import Pages
from handlers.cards.text import mrkdwn, shorten
from handlers.command import Ask, Help, parse, unescape
from handlers.languages import Languages
from handlers.workspaces import Workspaces

ECHO = 2_000
"""Characters of somebody's own words that are given back to them."""
TYPE_IT = noted("That is answered to you alone: type it as a command, `/duel {text}`.")
WORDLESS = noted("That message has no text to answer. Choose one that has.")
EMPTY = noted(
    "Give them something to answer: `@Duel why is the sky blue?` In direct messages the name is not needed."
)


class Mailroom:
    """What becomes of letters."""

    def __init__(
        self,
        letters: Letters,
        *,
        arena: Arena,
        rounds: Rounds,
        workspaces: Workspaces,
        languages: Languages,
        attachments: Attachments,
        help_pages: Pages,
        zone: ZoneInfo,
    ) -> None:
        self._letters = letters
        self._arena = arena
        self._rounds = rounds
        self._workspaces = workspaces
        self._languages = languages
        self._attachments = attachments
        self._help = help_pages
        self._zone = zone

    async def run(self, lease: Lease) -> None:
        """Do what the letter asks for, and burn it."""
        letter = await self._letters.letter(lease.job.id)
        if letter is None:
            return
        speak(await self._languages.between(letter.sender, letter.room))
        try:
            told = await self._do(letter)
        except UsageError as error:
            told = say(str(error))
        await self._end(lease, letter, told)

    async def give_up(self, lease: Lease, why: str) -> None:
        """Say that it could not be done."""
        letter = await self._letters.letter(lease.job.id)
        if letter is not None:
            speak(await self._languages.between(letter.sender, letter.room))
            await self._end(lease, letter, say("Nothing was asked or paid. {why}", why=say(why)))

    async def _do(self, letter: Letter) -> str:
        """Gives back what the sender is to be told. Raises `UsageError`, `StageAway`."""
        asked = Ask(letter.text) if letter.is_quoted else self._asked(letter)
        if isinstance(asked, str):
            return asked
        enclosed = await self._attachments.enclose(
            letter.sender.team, asked.prompt, letter.files, self._arena.max_prompt
        )
        if not enclosed.prompt.strip():
            raise UsageError(WORDLESS if letter.is_quoted else EMPTY)
        if await self._goes_on(letter, asked, enclosed.prompt):
            return "\n".join(enclosed.remarks)
        await self._arena.challenge(
            enclosed.prompt,
            key=letter.id,
            asked_by=letter.sender,
            room=letter.room,
            within=letter.within,
            pair=asked.pair,
            vote_for=asked.vote_for,
            topic=asked.topic,
            reply_to=letter.reply_to,
        )
        return "\n".join(enclosed.remarks)

    async def _goes_on(self, letter: Letter, asked: Ask, prompt: str) -> bool:
        """Whether it is a further round of the duel in its thread. A quotation or another pair begins anew.

        What can be had later is given back with the words, so that nobody types them twice.
        """
        if letter.within is None or letter.is_quoted or asked.pair is not None:
            return False
        try:
            return await self._rounds.go_on(
                prompt,
                key=letter.id,
                asked_by=letter.sender,
                room=letter.room,
                thread=letter.within,
                vote_for=asked.vote_for,
                topic=asked.topic,
                reply_to=letter.reply_to,
            )
        except NotNow as error:
            raise UsageError(f"{say(str(error))}\n>{mrkdwn(shorten(unescape(letter.text), ECHO))}") from None

    def _asked(self, letter: Letter) -> Ask | str:
        """A duel, or what to answer instead."""
        if not letter.files and aside(letter.text, self._zone) is not None:
            return say(TYPE_IT, text=letter.text)
        asked = parse(letter.text)
        if isinstance(asked, Ask):
            return asked
        return self._help[asked.topic] if isinstance(asked, Help) else say(TYPE_IT, text=letter.text.strip())

    async def _end(self, lease: Lease, letter: Letter, text: str) -> None:
        async def tell() -> str:
            slack = await self._workspaces.slack(letter.sender.team)
            if letter.reply_to:
                await slack.tell(letter.reply_to, text)
            else:
                await slack.whisper(letter.sender.user, letter.room, text, within=letter.within)
            return "told"

        if text:
            try:
                await lease.once("tell", tell)
            except StageError:
                if lease.job.attempts == 0 and lease.job.waits == 0:
                    raise  # once more, later; a person who cannot be told holds nothing up for long
        await self._letters.burn(lease)
