"""Records as compressed JSON lines, made and read in passing: a collection never lies on a disk or in memory whole."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FASTEST = 1
"""Level of compression: embeddings are noise, which no level makes smaller than their base64 was before."""

GZIP = 31
"""What zlib calls the format of gzip with its largest window."""

FLUSH = 1024 * 1024
"""Bytes of text compressed at once."""


class Lines(io.RawIOBase):
    """A file of one line per record, which exists only as far as it is read.

    Attributes:
        count: records that have passed.
    """

    def __init__(self, records: Iterable[object]) -> None:
        super().__init__()
        self.count = 0
        self._blocks = self._compressed(records)
        self._rest = b""

    def readable(self) -> bool:
        """Return True; without it nothing would read from here."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes: as many as asked for, fewer only at the end."""
        parts = [self._rest]
        ready = len(self._rest)
        while size is None or size < 0 or ready < size:
            block = next(self._blocks, None)
            if block is None:
                break
            parts.append(block)
            ready += len(block)
        whole = b"".join(parts)
        cut = len(whole) if size is None or size < 0 else size
        self._rest = whole[cut:]
        return whole[:cut]

    def _compressed(self, records: Iterable[object]) -> Iterator[bytes]:
        pack = zlib.compressobj(FASTEST, zlib.DEFLATED, GZIP)
        text = bytearray()
        for one in records:
            text += json.dumps(one, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            text += b"\n"
            self.count += 1
            if len(text) >= FLUSH:
                yield pack.compress(text)
                text = bytearray()
        yield pack.compress(text) + pack.flush()


def parsed(source: BinaryIO, name: str) -> Iterator[Any]:
    """Yield the records of such a file.

    Raises:
        JobError: it isn't one.
    """
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise JobError(f"{name} can't be read as compressed JSON lines ({error}). Choose another snapshot.") from None
