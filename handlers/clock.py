"""Which tick calls what. The ticks of each process live in its memory; the database decides who acts."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.bulletin import Bulletin
from bot.jobs import Worker
from bot.privacy import Privacy
from handlers.socket import Socket


class Parts(Protocol):
    """What ticks."""

    @property
    def worker(self) -> Worker: ...
    @property
    def socket(self) -> Socket | None: ...
    @property
    def bulletin(self) -> Bulletin: ...
    @property
    def privacy(self) -> Privacy: ...


def clock(of: Parts, lease: timedelta) -> AsyncIOScheduler:
    """The scheduler, not started yet. A tick that is late is worth one, however many were missed."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(of.worker.look, "interval", seconds=1)
    scheduler.add_job(of.worker.renew, "interval", seconds=lease.total_seconds() / 3)
    if of.socket is not None:
        scheduler.add_job(of.socket.watch, "interval", seconds=15)
    # at once as well: a program that never lives for a minute has a turn too
    scheduler.add_job(of.bulletin.tick, "interval", minutes=1, next_run_time=datetime.now(UTC))
    # not daily: a daily deployment would always miss them
    scheduler.add_job(of.privacy.tick, "interval", hours=1)
    scheduler.add_job(of.worker.purge, "interval", hours=1)
    return scheduler
