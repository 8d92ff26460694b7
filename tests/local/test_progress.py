"""What a person sees while weights come in."""

from io import StringIO

from rich.console import Console

from bot.contenders.local.progress import BarProgress, LineProgress


def test_off_a_terminal_each_tenth_is_a_line() -> None:
    out = StringIO()
    progress = LineProgress(Console(file=out))
    progress.start(1000)
    for _ in range(20):
        progress.advance(50)
    progress.stop()
    assert out.getvalue().splitlines() == [f"Fetching: {tenth}0 % of 1.0 kB" for tenth in range(1, 11)]


def test_on_a_terminal_a_bar_ends_full() -> None:
    out = StringIO()
    progress = BarProgress(Console(file=out, force_terminal=True, width=100))
    progress.start(1000)
    progress.advance(1000)
    progress.say("[bold] is no markup")
    progress.stop()
    assert "1.0/1.0 kB" in out.getvalue()
    assert "[bold] is no markup" in out.getvalue()
