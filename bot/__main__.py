"""`python -m bot`: the command line, which takes a second to load and may be interrupted in it."""

import shlex
import signal
import sys
from pathlib import Path

HERE = Path(__file__).parents[1]
OURS = ("bot", "handlers", "storage")


def main() -> None:
    """Run the command line. Ctrl-C while it loads ends the process, and that is all."""
    held = signal.getsignal(signal.SIGINT)
    if held is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from bot.commands import main as commands  # noqa: PLC0415 # what takes the second
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in OURS:
            raise
        sys.exit(_elsewhere(package))
    signal.signal(signal.SIGINT, held)
    commands()


def _elsewhere(package: str) -> str:
    """What to type where this Python is not the one that Duel's packages are installed for."""
    lacks = f"This Python ({sys.executable}) has no package “{package}”, which Duel needs."
    again = shlex.join([".venv/bin/python", "-m", "bot", *sys.argv[1:]])
    if Path(sys.prefix) == HERE / ".venv":
        return f"{lacks} Bring its packages up to date: .venv/bin/pip install -e ."
    if (HERE / ".venv" / "bin" / "python").exists():
        return f"{lacks} Use that of Duel's folder: {again}"
    return f"{lacks} First `make demo` or `make run`, which install it in Duel's folder. Then: {again}"


if __name__ == "__main__":
    main()
