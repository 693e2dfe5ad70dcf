"""Reads whatever is right in a broken section, so that cross-field rules still run on the rest.

Attributes that could not be read raise `NotReadError` when a rule asks for them (see base.py).
"""

import functools
import json
import types
import typing
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from components.settings.base import NotReadError, Settings

M = TypeVar("M", bound=Settings)


def partial(model: type[M], data: object) -> M:
    """Build a section from the fields that are right.

    Args:
        model: The section's class.
        data: Plain data from the file.

    Raises:
        NotReadError: The data is no mapping at all.
    """
    if not isinstance(data, dict):
        raise NotReadError(model.__name__)
    with suppress(ValidationError):  # a section in which nothing is wrong is read at once
        return model.model_validate_json(json.dumps(data))
    values = dict(_values(model, data))
    section = model.model_construct(None, **values)
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key in data and key not in values:
            section.__dict__.pop(name, None)  # a wrong value is unread, and not the default
    return section


def _values(model: type[Settings], data: dict[str, object]) -> Iterator[tuple[str, object]]:
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key not in data:
            continue  # model_construct fills in defaults; a required field stays unread
        try:
            # model_construct expects the alias, as validation does.
            yield key, _value(model, name, data[key])
        except NotReadError:
            continue


def _value(model: type[Settings], name: str, value: object) -> object:
    annotation = model.model_fields[name].annotation
    section = section_of(annotation)
    if section is not None and not (value is None and type(None) in typing.get_args(annotation)):
        if typing.get_origin(annotation) is not dict:
            return partial(section, value)
        if not isinstance(value, dict):
            raise NotReadError(section.__name__)
        return {key: partial(section, entry) for key, entry in value.items()}
    try:
        # As JSON, because pydantic's strict mode takes texts for enums and lists for tuples only from there.
        return _adapter(model, name).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        raise NotReadError(name) from None


@functools.cache  # one takes longer to build than all else that is done with it
def _adapter(model: type[Settings], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    # A type put together at run time, which no checker can follow.
    return TypeAdapter(cast("Any", Annotated).__class_getitem__((info.annotation, *info.metadata)))


def section_of(annotation: object) -> type[Settings] | None:
    """The section class inside `Section`, `Section | None` or `dict[name, Section]`; None for a leaf."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, Settings) else None
    for argument in typing.get_args(annotation):
        if isinstance(argument, type) and issubclass(argument, Settings):
            return argument
    return None
