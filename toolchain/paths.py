"""Where the toolchain keeps things."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = Path(__file__).resolve().parent / "modules"
LOCAL_HOME = CHECKOUT / ".ballast"


def cache_root() -> Path:
    """Folder shared by all checkouts of this user: `$XDG_CACHE_HOME/ballast`, else `~/.cache/ballast`."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification tells programs to ignore a relative path here.
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "ballast"


def programs_root() -> Path:
    """Folder that holds one folder per built program."""
    return cache_root() / "programs"
