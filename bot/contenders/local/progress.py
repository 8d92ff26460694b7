"""How a long download tells that it is alive: a bar on a terminal, a line every tenth elsewhere."""

from typing import Protocol

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bar


class Progress(Protocol):
    """Told in bytes; every call returns at once."""

    def start(self, total: int) -> None: ...
    def advance(self, count: int) -> None: ...
    def say(self, text: str) -> None: ...
    def stop(self) -> None: ...


def progress_on_stderr() -> Progress:
    console = Console(stderr=True)
    return BarProgress(console) if console.is_terminal else LineProgress(console)


class BarProgress:
    def __init__(self, console: Console) -> None:
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
        )

    def start(self, total: int) -> None:
        self._task = self._bar.add_task("Fetching", total=total)
        self._bar.start()

    def advance(self, count: int) -> None:
        self._bar.advance(self._task, count)

    def say(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def stop(self) -> None:
        self._bar.stop()


class LineProgress:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = self._done = self._tenths = 0

    def start(self, total: int) -> None:
        self._total, self._done, self._tenths = total, 0, 0

    def advance(self, count: int) -> None:
        self._done += count
        tenths = min(10, 10 * self._done // max(1, self._total))
        if tenths > self._tenths:
            self._tenths = tenths
            self.say(f"Fetching: {tenths * 10} % of {decimal(self._total)}")

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def stop(self) -> None:
        """Nothing is left open: each line stands for itself."""
