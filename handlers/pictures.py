"""Charts as pictures, by matplotlib where it is installed: legible on a light and on a dark page."""

import asyncio
import logging
from collections.abc import Sequence
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from handlers.cards.charts import Chart
from handlers.cards.standings import interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

log = logging.getLogger(__name__)

PAPER, INK, RULE, BAR, WHISKER = "#f4f1ea", "#22252a", "#c9c4b8", "#5b9bd0", "#173a59"
"""On paper of its own a picture is the same everywhere."""
WIDTH, HEAD, ROW, PAD = 7.2, 1.3, 0.42, 0.12
"""Inches."""
DPI = 200

_ONE_AT_A_TIME = Lock()
"""Matplotlib keeps its settings and its fonts in one place for all threads."""


async def draw(chart: Chart) -> bytes | None:
    """A PNG; `None` without matplotlib (the extra `charts`), and where no font here has all the letters."""
    return await asyncio.to_thread(_draw, chart)


def _draw(chart: Chart) -> bytes | None:
    with _ONE_AT_A_TIME:
        try:
            import matplotlib as mpl  # noqa: PLC0415 - an extra, and a second that only a picture needs
        except ImportError:
            return None
        said = [chart.title, chart.who, chart.other, *(bar.label for bar in chart.bars)]
        fonts = _fonts("".join(said) + "%()–")
        if fonts is None:
            log.info("no font of this machine has all the letters of “%s”", chart.title)
            return None
        with mpl.rc_context({"font.family": fonts, "text.parse_math": False}):
            made = BytesIO()
            _figure(chart).savefig(made, format="png", dpi=DPI)
            return made.getvalue()


def _figure(chart: Chart) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - as above
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415 - as above

    size = (WIDTH, HEAD + ROW * len(chart.bars))
    figure = Figure(figsize=size, facecolor=PAPER, layout=ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=PAPER)
    rows = range(len(chart.bars))
    shares = [100 * bar.share.value for bar in chart.bars]
    whiskers = [
        [at - 100 * bar.share.low for at, bar in zip(shares, chart.bars, strict=True)],
        [100 * bar.share.high - at for at, bar in zip(shares, chart.bars, strict=True)],
    ]
    axes.barh(rows, shares, height=0.6, color=BAR, xerr=whiskers, ecolor=WHISKER, capsize=4)
    axes.set_yticks(rows, [bar.label for bar in chart.bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.axvline(50, color=INK, linewidth=1, linestyle="--")
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelcolor=INK)
    axes.set_xlabel(f"← {chart.other} · % · {chart.who} →", color=INK)
    for row, bar in zip(rows, chart.bars, strict=True):
        axes.text(101, row, interval(bar.share), color=INK, va="center")
    figure.suptitle(chart.title, color=INK, weight="bold")
    return figure


def _fonts(text: str) -> Sequence[str] | None:
    """Families that have all of these letters among them: matplotlib's own, and one of this machine."""
    from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager  # noqa: PLC0415 - as above
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - as above

    own = "DejaVu Sans"
    missing = set(map(ord, text)) - FT2Font(findfont(FontProperties(family=own))).get_charmap().keys()
    if not missing:
        return [own]
    for path in sorted(findSystemFonts()):
        try:
            font = FT2Font(path)
            if missing <= font.get_charmap().keys():
                fontManager.addfont(path)
                return [own, font.family_name]
        except (OSError, RuntimeError):
            log.debug("%s cannot be read as a font", path)
    return None
