"""The tenants of a server, out of its own database: the API answers for a tenant by its name and lists none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from components.foundation.jobkit.errors import JobError

DATABASE = "chroma.sqlite3"
BUSY_SECONDS = 30
"""How long a writer may keep us waiting."""


def tenants(folder: str) -> list[str]:
    """Return the names of all tenants.

    Args:
        folder: the server's data, mounted read-only.

    Raises:
        JobError: they can't be listed, so nobody knows whether a snapshot would be whole.
    """
    path = Path(folder) / DATABASE
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as database:
            found = database.execute("SELECT id FROM tenants UNION SELECT tenant_id FROM databases ORDER BY 1")
            names = [name for (name,) in found]
    except sqlite3.Error as error:
        raise JobError(
            f"{path}: the server's tenants can't be listed ({error}), so nobody knows whether a snapshot would be "
            "whole. The job's pod must mount the volume of the running server, and this version of the job must know "
            "how the server keeps its tenants."
        ) from None
    if not names:
        raise JobError(f"{path} has no tenant, and a server has one from the beginning. Look at what is mounted there.")
    return names
