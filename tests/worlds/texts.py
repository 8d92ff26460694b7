"""Texts as models and people write them, and as nobody should: made from a seed, always the same."""

from random import Random

WORDS = (
    *(
        "word",
        "don't",
        "naïve",
        "x" * 30,
        "a<b",
        "a&&b",
        "&lt;",
        "&amp;amp;",
        "&#60;",
        "*bold*",
        "_it_",
        "~no~",
    ),
    *(
        "`code`",
        "`vec![1]`",
        "$x^2$",
        "字" * 8,
        "東京、大阪。",
        "한국어",
        "ไทยไม่มีช่องว่าง",
        "नमस्ते",
        "שלום עולם",
    ),
    *(
        "مرحبا بالعالم",
        "\u202eevil\u202c",
        "\u2067rtl\u2069",
        "🅰️",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "e\u0301\u0302\u0303",
        "\u200b",
    ),
    *(
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<@U012ABCDE>",
        "<#C012ABCDE>",
        "<!subteam^S012ABCDE>",
        "@channel",
    ),
    *("#general", "<!date^1^{time}|x>", "http://e.x/?q=1", "<http://e.x|y>", "[t](http://e.x)", "[t][r]"),
    *(
        "![p](http://e.x/?q=secret)",
        "![p][r]",
        "[![p](http://e.x/p)](http://e.x)",
        "<img src=http://e.x>",
        ":a:",
    ),
    *(
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\u2028",
        "\r",
        "\\",
        "\\*",
        "|",
        "||",
        ">>",
        "```",
        "~~~",
        "[",
        "](",
    ),
)
HEADS = (
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "> - ",
    "- > ",
    "    ",
    "\t",
    "| ",
    "---",
    "===",
    "* * *",
    "[r]: http://e.x ",
    "",
)
FENCES = ("```", "````", "~~~", "```python", "~~~~ info string", "``` a`b", "```" + "i" * 200)


def prose(random: Random, most: int = 30) -> str:
    return random.choice((" ", " ", " ", "", "\n")).join(random.choices(WORDS, k=random.randint(1, most)))


def fence(random: Random, depth: int = 0) -> str:
    """Code in a fence, which may hold another one, be in a list, or never end."""
    mark = random.choice(FENCES)
    closing = mark[: len(mark) - len(mark.lstrip("`~"))]
    inner = fence(random, depth + 1) if depth < 3 and random.random() < 0.3 else prose(random, 20)
    margin = random.choice(("", "", "  ", "> ", "- ", "1. "))
    rest = margin if margin == "> " else " " * len(margin)
    lines = [mark, *inner.split("\n"), *([closing] if random.random() < 0.8 else [])]
    return "\n".join((margin if not number else rest) + line for number, line in enumerate(lines))


def table(random: Random) -> str:
    columns = random.randint(1, 6)
    rows = [[random.choice(WORDS) for _ in range(columns)] for _ in range(random.randint(1, 30))]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * columns, *lines[1:]])


def lines(random: Random) -> str:
    return "\n".join(
        random.choice(HEADS) * random.randint(1, 3) + prose(random, 6) for _ in range(random.randint(1, 12))
    )


def nested(random: Random) -> str:
    depth = random.randint(1, 60)
    return random.choice(("> ", "- ", "  ", "*", "[", "(", "`", "![", "_", "| ")) * depth + prose(random, 4)


def anything(random: Random) -> str:
    """Code points of every kind, but for surrogates: they are replaced where texts are stored."""
    points = (random.choice((0x80, 0x250, 0x3000, 0xD7FF, 0x10FFFF)) for _ in range(random.randint(1, 80)))
    return "".join(
        chr(
            point if (point := random.randrange(most)) < 0xD800 else point + 0x800 if point < 0x10F800 else 97
        )
        for most in points
    )


PIECES = (prose, prose, prose, fence, fence, table, lines, lines, nested, anything)


def text(random: Random) -> str:
    """One text: mostly short, at times long, rarely as long as 100 KB."""
    size = random.random()
    if size < 0.001:
        return _huge(random)
    many = 1 if size < 0.5 else 4 if size < 0.97 else 40
    return random.choice(("\n\n", "\n\n", "\n", "")).join(random.choice(PIECES)(random) for _ in range(many))


def _huge(random: Random) -> str:
    """100 KB: of the same over and over, or of everything."""
    unit = random.choice(PIECES)(random) + random.choice(("\n\n", "\n", " ", ""))
    return (unit * (100_000 // len(unit) + 1))[:100_000]
