"""Writes files that a command makes anew; what people edit is written by ops/promotion/writing.py."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ops.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_whole(texts: Mapping[Path, str]) -> None:
    """Write each file whole or not at all, and all of them or none.

    Args:
        texts: what each file is to hold.

    Raises:
        RefusedError: One of them can't be written. All are as they were.
    """
    drafts: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in texts.items():
            handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            drafts[path] = Path(draft)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        for path, draft in drafts.items():
            draft.chmod(0o644)
            draft.replace(path)
    except OSError as error:
        raise RefusedError(
            f"{path}: can't be written ({error.strerror}); name a file in a folder that exists."
        ) from None
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
