"""Writes to the archive, reads it back and deletes it, so that a place that can't be used is known before the night.

It also makes a claim bind that nobody has mounted yet: an unbound claim can't grow. Run as
`python -m components.foundation.jobkit.probe`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from components.foundation.jobkit import archives, program
from components.foundation.jobkit.config import ArchiveProbeConfig
from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from components.foundation.jobkit.archive import Archive
    from components.foundation.jobkit.context import JobContext

PROBE = "probe"


def probe(place: Archive, holder: str) -> None:
    """Leave the archive as it was, having used every right that a snapshot needs.

    Args:
        place: the archive.
        holder: tells two probes apart.

    Raises:
        JobError: it can't be written, listed, read or deleted; or it gives back something else.
    """
    path, content = f"{PROBE}/{holder}", f"written by {holder}".encode()
    place.write(path, content)
    try:
        if path not in place.names(PROBE) or place.read(path) != content:
            raise JobError(f"the archive took {path} and gave back something else. Is it shared with another store?")
    finally:
        place.delete(path)


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""

    def work(job: JobContext[ArchiveProbeConfig]) -> None:
        probe(archives.opened(job.config.archive), job.holder)
        program.tell("unchanged  archive: written, read back and deleted")

    return program.run("archive", ArchiveProbeConfig, work)


if __name__ == "__main__":
    sys.exit(main())
