"""The catalogues beside the code: `make words` brings them up to it, and their test asks whether they are."""

from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from bot.words import Language

ROOT = Path(import_module("bot").__file__ or "").parent.parent
MARKS = {"say": None, "say_many": (1, 2), "noted": None, "kept": None}
"""What takes a text of a catalogue as its first argument, or one and many."""
ERRORS = {"UsageError": None, "NotNow": None, "Unwelcome": None, "NotInvited": None}
"""Their texts are said where they are shown; one with figures in it is said where it is raised."""
FOR_SLACK = ("arena", "booth", "bulletin", "door", "conversation", "life", "rounds", "settling")
TRANSLATED = [language for language in Language if language is not Language.ENGLISH]


def wanted() -> Catalog:
    """All that the code says."""
    catalog = Catalog(project="Duel", charset="utf-8")
    for file in sorted(
        at for folder in ("bot", "handlers", "storage") for at in (ROOT / folder).rglob("*.py")
    ):
        shown = file.is_relative_to(ROOT / "handlers") or file.stem in FOR_SLACK
        for _, text, _, _ in extract_from_file("python", file, {**MARKS, **(ERRORS if shown else {})}):
            if text:
                catalog.add(text, flags=())
    return catalog


def path(language: Language) -> Path:
    return ROOT / "bot" / "catalogues" / language / "duel.po"


def held(language: Language) -> Catalog:
    """What the catalogue has, what is no longer wanted included."""
    with path(language).open("rb") as text:
        return read_po(text, locale=language)


def keep(language: Language, catalog: Catalog) -> None:
    """Write it down in the order of its keys and without dates: only what is said makes a difference."""
    head = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={catalog.num_plurals}; plural={catalog.plural_expr};\\n"\n\n'
    )
    with path(language).open("wb") as out:
        out.write(head.encode())
        write_po(out, catalog, width=100, sort_output=True, no_location=True, omit_header=True)


def is_said(message: Message) -> bool:
    """Whether it is translated, in each of its plurals."""
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def bring_up(language: Language) -> int:
    """Put in what is missing, empty, and take out what is said no more; gives back how many are empty."""
    catalog = held(language) if path(language).exists() else Catalog(locale=language, project="Duel")
    catalog.update(wanted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    keep(language, catalog)
    return sum(not is_said(message) for message in catalog if message.id)


if __name__ == "__main__":
    for language in TRANSLATED:
        print(f"{path(language)}: {bring_up(language)} to be translated")  # noqa: T201 - for whoever ran it
