"""Files: an upload is announced, then its bytes come, then it is completed and shown."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.errors import SlackError
from playground.ids import Ids


@dataclass(slots=True)
class File:
    id: str
    name: str
    length: int
    created: int
    alt_txt: str = ""
    title: str = ""
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(slots=True)
class Files:
    ids: Ids
    now: Callable[[], float]
    kept: dict[str, File] = field(default_factory=dict)

    def announce(self, name: str, length: int, *, alt_txt: str) -> File:
        file = File(self.ids.next("F"), name, length, int(self.now()), alt_txt)
        self.kept[file.id] = file
        return file

    def receive(self, file_id: str, content: bytes) -> File:
        """Raises SlackError: file_not_found, bad_length (more or fewer bytes than announced)."""
        file = self.find(file_id)
        if len(content) != file.length:
            raise SlackError("bad_length")
        file.content = content
        return file

    def shared(self, name: str, content: bytes) -> File:
        """One that a person shares: announced, received and done at once."""
        return self.receive(self.announce(name, len(content), alt_txt="").id, content)

    def find(self, file_id: str) -> File:
        try:
            return self.kept[file_id]
        except KeyError:
            raise SlackError("file_not_found") from None


def file_object(file: File, *, user: str, base: str) -> dict[str, Any]:
    """Slack's file object; `base` is the address of the server."""
    url = f"{base}/files/{file.id}/{file.name}"
    suffix = file.name.rpartition(".")[2]
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": user,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "alt_txt": file.alt_txt,
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "channels": list(file.channels),
    }
