"""python -m playground: the box on its own, its address and tokens printed as one line of JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
from pathlib import Path

import click

from playground import Playground

_POSTS_PER_SECOND = 1.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path("manifest.json"),
    show_default=True,
    help="The Slack app manifest of the app to install.",
)
@click.option("--companion", is_flag=True, help="End when standard input closes.")
def main(host: str, port: int, manifest: Path, companion: bool) -> None:
    """A Slack in a box on loopback."""
    try:
        app = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SystemExit(
            f"{manifest} is not JSON: {error}. Export it again from the app's page in Slack."
        ) from error
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            _serve(Playground(app, host=host, port=port, posts_per_second=_POSTS_PER_SECOND), port, companion)
        )


async def _serve(slack: Playground, port: int, companion: bool) -> None:
    try:
        await slack.start()
    except OSError as error:
        advice = "" if companion else " Choose another with --port, or take a free one with --port 0."
        raise SystemExit(f"Cannot listen on port {port}: {error.strerror}.{advice}") from error
    try:
        click.echo(json.dumps(_address(slack)))
        await (_input_closed() if companion else asyncio.Event().wait())
    finally:
        await slack.stop()


def _address(slack: Playground) -> dict[str, str]:
    return {
        "url": slack.url,
        "api_url": slack.api_url,
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
        "client_id": slack.client_id,
        "client_secret": slack.client_secret,
        "team_id": slack.team_id,
        "bot_user_id": slack.bot_user_id,
    }


async def _input_closed() -> None:
    """Wait for the end of standard input, in a thread that does not hold up the end of the process."""
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    def read() -> None:
        sys.stdin.buffer.read()
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=read, daemon=True).start()
    await closed.wait()


if __name__ == "__main__":
    main()
