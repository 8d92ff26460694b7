"""Which tick calls what. The ticks of each process live in its memory; the database decides who acts."""

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.jobs import HEARTBEAT, Worker


def clock(worker: Worker) -> AsyncIOScheduler:
    """The scheduler, not started yet. A tick that is late is worth one, however many were missed."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    scheduler.add_job(worker.look, "interval", seconds=1)
    scheduler.add_job(worker.renew, "interval", seconds=HEARTBEAT.total_seconds())
    return scheduler
