"""Walks every field of the stack file: where it is, how it travels, what it says."""

import functools
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import NamedTuple

from pydantic.fields import FieldInfo

from components.settings.base import Settings
from components.settings.markers import Marker
from components.settings.meanings import meaning
from components.settings.partial import section_of
from components.settings.quantities import Quantity
from components.settings.report import KeyPath


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        model: The class that it belongs to.
        name: What it is called there.
        path: Keys from the stack down, `*` for the names of entries.
        info: What pydantic knows of it.
        markers: The markers on it; exactly one when all is well.
    """

    model: type[Settings]
    name: str
    path: tuple[str, ...]
    info: FieldInfo
    markers: tuple[Marker, ...]

    @property
    def section(self) -> type[Settings] | None:
        """The class of the fields below it, None for a leaf."""
        return section_of(self.info.annotation)

    @property
    def is_of_entries(self) -> bool:
        """Whether it holds entries by names of the file's own, each a section."""
        return typing.get_origin(self.info.annotation) is dict

    @property
    def meaning(self) -> str:
        """What it means, in one line; a section that has no text below it says itself what it is."""
        return meaning(self.model, self.name) or str(self.section.__doc__ if self.section else "").split("\n")[0]

    @property
    def quantity(self) -> type[Quantity] | None:
        """The kind of amount that it holds, None where it holds something else."""
        kinds = [self.info.annotation, *typing.get_args(self.info.annotation)]
        return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Quantity)), None)

    @property
    def takes(self) -> str:
        """What a value looks like, in a word or two."""
        return _takes(self.info.annotation)


def fields(model: type[Settings], path: tuple[str, ...] = ()) -> Iterator[Field]:
    """All fields of a model and of the sections below it, each section before its fields."""
    for found in _fields_of(model, path):
        yield found
        if found.section is not None:
            yield from fields(found.section, (*found.path, "*") if found.is_of_entries else found.path)


@functools.cache  # every rule that looks at all values walks them anew
def _fields_of(model: type[Settings], path: tuple[str, ...]) -> tuple[Field, ...]:
    """The fields of a model itself, which is found at a path."""
    return tuple(
        Field(
            model,
            name,
            (*path, info.alias or name),
            info,
            tuple(data for data in info.metadata if isinstance(data, Marker)),
        )
        for name, info in model.model_fields.items()
    )


class Value(NamedTuple):
    """One value of a stack.

    Attributes:
        field: Its field.
        path: Keys from the stack down, with the names of entries.
        value: What is given there.
    """

    field: Field
    path: KeyPath
    value: object


def values(section: Settings, path: KeyPath = (), above: tuple[str, ...] = ()) -> list[Value]:
    """Every value of a section and of those below it that could be read and is not null, each section first.

    Args:
        section: The stack, or a part of it; what the file left wrong is left out.
        path: Where it is.
        above: The same with `*` for the names of entries.
    """
    found: list[Value] = []
    for field in _fields_of(type(section), above):
        value = vars(section).get(field.name)
        if value is None:
            continue
        here = (*path, field.path[-1])
        found.append(Value(field, here, value))
        if isinstance(value, Settings):
            found += values(value, here, field.path)
        elif isinstance(value, dict):
            for entry, below in value.items():
                found += values(below, (*here, entry), (*field.path, "*"))
    return found


def _takes(annotation: object) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _takes(arguments[0])
    if origin in (typing.Union, UnionType):
        return ", or ".join(_takes(argument) for argument in arguments)
    if origin is tuple:
        return f"list of {_takes(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " / ".join(f"`{member}`" for member in annotation)
    if isinstance(annotation, type) and issubclass(annotation, Quantity):
        return f"{annotation.noun} such as {annotation.example}"
    words = {int: "whole number", str: "text", bool: "`true` / `false`", type(None): "`null`"}
    return next((word for kind, word in words.items() if annotation is kind), "section")
