"""Signals of all rooms: found beside the store or program that they are about, so that a new one brings its own."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.stack import StackSettings
    from components.signals.offer import Signals

FOLDERS = ("storage", "stores", "observability", "applications")
"""Folders of `components` that are searched for modules called `signals`."""


def offered(stack: StackSettings, *folders: str) -> list[Signals]:
    """Return what the rooms of some folders, or of all, offer for a stack; in the order in which they are shown."""
    asked = (room.signals(stack) for folder in folders or FOLDERS for room in _rooms(folder))
    return sorted((one for one in asked if one is not None), key=lambda one: (one.place, one.name))


def _rooms(folder: str) -> Iterator[Any]:
    package = importlib.import_module(f"components.{folder}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name.endswith(".signals"):
            yield importlib.import_module(module.name)
