"""Which tick calls what. The ticks of each process live in its memory; the database decides who acts."""

from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.bulletin import Bulletin
from bot.jobs import Worker
from handlers.socket import Socket


def clock(worker: Worker, socket: Socket | None, bulletin: Bulletin, lease: timedelta) -> AsyncIOScheduler:
    """The scheduler, not started yet. A tick that is late is worth one, however many were missed."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(worker.look, "interval", seconds=1)
    scheduler.add_job(worker.renew, "interval", seconds=lease.total_seconds() / 3)
    if socket is not None:
        scheduler.add_job(socket.watch, "interval", seconds=15)
    # at once as well: a program that never lives for a minute has a turn too
    scheduler.add_job(bulletin.tick, "interval", minutes=1, next_run_time=datetime.now(UTC))
    scheduler.add_job(worker.purge, "interval", hours=1)  # not daily: a daily deployment would always miss it
    return scheduler
