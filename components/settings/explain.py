"""Turns pydantic's findings into mistakes that an operator understands."""

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from components.settings import base
from components.settings.base import Settings
from components.settings.partial import section_of
from components.settings.report import KeyPath, Mistake
from components.settings.shown import described

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_TYPES = {
    "int_type": ("a whole number", "write it without quotes, for example 3"),
    "int_from_float": ("a whole number", "write it without a fraction, for example 3"),
    "int_parsing": ("a whole number", "write it without quotes, for example 3"),
    "string_type": ("text", 'put the value in quotes, for example "3.8"'),
    "bool_type": ("true or false", "write true or false without quotes"),
    "model_type": ("a section of keys", "indent its keys below it"),
    "model_attributes_type": ("a section of keys", "indent its keys below it"),
    "dict_type": ("a section of named entries", "indent its entries below it, each with a name"),
    "tuple_type": ("a list", "write [first, second]"),
}
_OTHERS = {
    "missing": ("is missing; a stack file is complete", "add the key; docs/settings.md says what it means"),
    "enum": ("must be one of {expected}, but is {value}", "write one of these words"),
    "too_short": ("must have at least one entry", "add an entry"),
}
_BOUNDS = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}


def mistakes_in(error: ValidationError, model: type[Settings]) -> Iterator[Mistake]:
    """All findings of one validation, paths beginning at the model.

    A key that is missing because its name is misspelled is reported once, at the misspelling.
    """
    details = error.errors(include_url=False)
    meant = {
        (*_path(detail)[:-1], guess)
        for detail in details
        if detail["type"] == "extra_forbidden" and (guess := _guess(detail, model))
    }
    for detail in details:
        if detail["type"] == "missing" and _path(detail) in meant:
            continue
        if detail["type"] == "too_short" and any(_path(other)[:-1] == _path(detail) for other in details):
            continue  # pydantic counts only the entries that are right
        yield Mistake(_path(detail), *_explained(detail, model))


def did_you_mean(key: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a key was probably meant to be, None if none is near."""
    by_fold = {candidate.casefold(): candidate for candidate in candidates}
    near = difflib.get_close_matches(key.replace("_", "").casefold(), list(by_fold), n=1, cutoff=0.7)
    return by_fold[near[0]] if near else None


def unknown_key(key: str, candidates: Iterable[str]) -> tuple[str, str]:
    """Problem and remedy for a key that nothing reads."""
    known = list(candidates)
    guess = did_you_mean(key, known)
    remedy = f"did you mean `{guess}`?" if guess else f"remove it; known keys here: {', '.join(known)}"
    return "unknown key: nothing reads it", remedy


def _path(detail: "ErrorDetails") -> KeyPath:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _guess(detail: "ErrorDetails", model: type[Settings]) -> str | None:
    path = _path(detail)
    return did_you_mean(str(path[-1]), _known_keys(model, path[:-1]))


def _known_keys(model: type[Settings], path: KeyPath) -> list[str]:
    current: type[Settings] = model
    for part in path:
        info = next((info for name, info in current.model_fields.items() if (info.alias or name) == part), None)
        if info is not None:  # otherwise the name of an entry, whose class is already current
            current = section_of(info.annotation) or current
    return [info.alias or name for name, info in current.model_fields.items()]


def _explained(detail: "ErrorDetails", model: type[Settings]) -> tuple[str, str]:
    context, value = detail.get("ctx", {}), detail["input"]
    match detail["type"]:
        case base.RULE_ERROR:
            return context["problem"], context["remedy"]
        case "extra_forbidden":
            path = _path(detail)
            return unknown_key(str(path[-1]), _known_keys(model, path[:-1]))
        case kind if kind in _TYPES:
            noun, remedy = _TYPES[kind]
            return f"must be {noun}, but is {described(value)}", remedy
        case kind if kind in _BOUNDS:
            words = f"{_BOUNDS[kind][0]} {context[_BOUNDS[kind][1]]}"
            return f"must be {words}, but is {value}", f"write a number that is {words}"
        case kind:
            problem, remedy = _OTHERS.get(kind, (f"{detail['msg']}, but is {{value}}", "see docs/settings.md"))
            return problem.format(value=described(value), **context), remedy
