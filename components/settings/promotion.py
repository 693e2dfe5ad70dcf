"""What travels from one environment to the next: the leaves of a stack by key, and a digest of the promoted ones."""

import hashlib
import json
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.settings.base import Settings
from components.settings.fields import Field, fields
from components.settings.markers import Bound, Marker, Promoted
from components.settings.stack import StackSettings


@dataclass(frozen=True)
class Leaf:
    """One value of a stack.

    Attributes:
        key: Names from the stack down, those of entries included, such as `("volumes", "knowledge",
            "disk")`.
        field: What is known of it, among that how it travels.
        value: The value in effect, default or written, as plain JSON; quantities in the file's spelling.
    """

    key: tuple[str, ...]
    field: Field
    value: object

    @property
    def marker(self) -> Marker:
        """How it travels."""
        return self.field.markers[0]


def leaves(stack: StackSettings) -> dict[tuple[str, ...], Leaf]:
    """Every value of a stack by its key, in the models' order; nothing of sections that the file leaves out."""
    known = {field.path: field for field in fields(StackSettings)}
    plain = stack.model_dump(mode="json", by_alias=True)
    return {leaf.key: leaf for leaf in _leaves(StackSettings, plain, (), (), known)}


@dataclass(frozen=True)
class NamedThing:
    """One thing in the world that a stack file names.

    Attributes:
        name: Last name of its key.
        value: What names it.
        shared_by: Key by which several environments share it, and its value; None where only one may have it.
    """

    name: str
    value: object
    shared_by: tuple[str, object] | None


def named_thing(found: Mapping[tuple[str, ...], Leaf], key: tuple[str, ...]) -> NamedThing | None:
    """The one thing in the world that a value of a stack names; None where it names none."""
    leaf = found.get(key)
    if leaf is None or leaf.value is None or not isinstance(leaf.marker, Bound) or not leaf.marker.unique:
        return None
    other = leaf.marker.together_with
    return NamedThing(key[-1], leaf.value, (other, found[other,].value) if other else None)


def named_things(stack: StackSettings) -> dict[NamedThing, tuple[str, ...]]:
    """Key of each value that names one thing in the world, by that thing."""
    values = leaves(stack)
    found: dict[NamedThing, tuple[str, ...]] = {}
    for key in values:
        if thing := named_thing(values, key):
            found.setdefault(thing, key)
    return found


def promoted(stack: StackSettings) -> dict[tuple[str, ...], object]:
    """Every promoted value of a stack by its key."""
    return {key: leaf.value for key, leaf in leaves(stack).items() if isinstance(leaf.marker, Promoted)}


def promotion_digest(stack: StackSettings) -> str:
    """Digest of all promoted keys and values, `sha256:` and 64 hexadecimal digits: equal when nothing is to promote."""
    texts = {".".join(key): value for key, value in promoted(stack).items()}
    canonical = json.dumps(texts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def versions(stack: StackSettings) -> dict[str, str]:
    """The version of each program of the platform, by its section."""
    found = {key: leaf.value for key, leaf in leaves(stack).items() if key[-1] == "version"}
    return {".".join(key[:-1]): str(value) for key, value in found.items()}


def _leaves(
    model: type[Settings],
    plain: Mapping[str, object],
    key: tuple[str, ...],
    path: tuple[str, ...],
    known: Mapping[tuple[str, ...], Field],
) -> Iterator[Leaf]:
    for name, info in model.model_fields.items():
        alias = info.alias or name
        here, where, value = (*key, alias), (*path, alias), plain[alias]
        section = known[where].section
        if section is None:
            yield Leaf(here, known[where], value)
        elif isinstance(value, dict) and typing.get_origin(info.annotation) is dict:
            for entry, inner in value.items():
                yield from _leaves(section, inner, (*here, entry), (*where, "*"), known)
        elif isinstance(value, dict):
            yield from _leaves(section, value, here, where, known)
