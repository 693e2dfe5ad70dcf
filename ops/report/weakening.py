"""What an update takes away from the guards of data: protection, retention, policies, sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from components.settings.quantities import Bytes
from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.report.digest import State, Step

# Whether data is safe with a value, by the last name of a property's path; None where it is not given.
_SAFE: dict[str, Callable[[Any], bool]] = {
    "deletionProtection": lambda value: value is True,
    "deletionProtectionEnabled": lambda value: value is True,
    "failurePolicy": lambda value: value != "Ignore",
    "forceDestroy": lambda value: value is not True,
    "persistentVolumeReclaimPolicy": lambda value: value == "Retain",
    "reclaimPolicy": lambda value: value == "Retain",
    "skipFinalSnapshot": lambda value: value is not True,
    "validationActions": lambda value: isinstance(value, list) and "Deny" in value,
    "whenDeleted": lambda value: value != "Delete",
    "whenScaled": lambda value: value != "Delete",
}
_SIZES = frozenset({"storage", "size", "allocatedStorage", "volumeSize"})


def lost_promises(step: Step) -> list[str]:
    """Say which of the program's promises to keep an object an update ends; for objects of any kind."""
    old, new = step.old_state, step.new_state
    if old is None or new is None:
        return []
    found = ["`protect` is taken off: the next change may delete it"] if old.protect and not new.protect else []
    if old.retain_on_delete and not new.retain_on_delete:
        found.append("`retainOnDelete` is taken off: a deletion would no longer leave it in the cluster")
    return found


def weakened(step: Step) -> list[str]:
    """Say which properties of an object that holds data are less safe after an update, by path and without values."""
    old, new = _leaves(step.old_state), _leaves(step.new_state)
    found = []
    for path in sorted(old.keys() | new.keys()):
        before, after, name = old.get(path), new.get(path), path.rpartition(".")[2]
        safe = _SAFE.get(name)
        if safe and safe(before) and not safe(after):
            found.append(f"{code(path)} no longer protects data")
        elif name in _SIZES and _smaller(before, after):
            found.append(f"{code(path)} shrinks")
    return found


def _leaves(state: State | None) -> dict[str, Any]:
    return dict(_walk(state.inputs, "")) if state else {}


def _walk(value: object, path: str) -> Iterator[tuple[str, Any]]:
    name = path.rpartition(".")[2]
    if isinstance(value, dict) and name not in _SAFE:
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and name not in _SAFE:
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{index}]")
    else:
        yield path, value


def _smaller(before: object, after: object) -> bool:
    """Whether a size shrinks; gone, or no longer readable, is no size to compare."""
    old, new = _size(before), _size(after)
    return old is not None and new is not None and new < old


def _size(value: object) -> int | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    try:
        return int(Bytes.parse(value))
    except PydanticCustomError:
        return None
