"""The demo's folder: its own while it runs, and what killed ones have left is removed."""

import os
import tempfile
from pathlib import Path

import pytest

from bot import demo


def _aged(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "duel.db").write_text("left")
    os.utime(folder, (0, 0))
    return folder


def test_a_new_demo_removes_what_killed_ones_have_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, other = _aged(tmp_path / "duel-demo-left"), _aged(tmp_path / "other")
    (tmp_path / "duel-demo-link").symlink_to(other)
    fresh = tmp_path / "duel-demo-fresh"
    fresh.mkdir()
    with demo.folder() as running:
        _aged(running)
        with demo.folder() as second:
            assert second.is_dir()
        assert running.is_dir()
    assert not left.exists()
    assert not running.exists()
    assert (other / "duel.db").exists()
    assert fresh.is_dir()
