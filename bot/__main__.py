"""`python -m bot`: the command line, which takes a second to load and may be interrupted in it."""

import signal


def main() -> None:
    """Run the command line. Ctrl-C while it loads ends the process, and that is all."""
    held = signal.getsignal(signal.SIGINT)
    if held is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.commands import main as commands  # noqa: PLC0415 # what takes the second

    signal.signal(signal.SIGINT, held)
    commands()


if __name__ == "__main__":
    main()
