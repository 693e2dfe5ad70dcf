"""Reads a stack file on its own, without an engine: for checks, tests and promotions."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from components.settings.characters import odd_texts
from components.settings.document import Document, read_document, unquoted_times
from components.settings.envelope import ENVELOPE, about_the_envelope, beside_the_settings, config
from components.settings.environment import NAMESPACE
from components.settings.judge import Given, judge
from components.settings.report import KeyPath, Mistake, SettingsError
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings


def read_stack(path: Path, secrets: Collection[str] = (), stack: str | None = None) -> StackSettings:
    """Read the settings of a stack file.

    Args:
        path: The file, named `Pulumi.<environment>.yaml` unless its stack is given.
        secrets: Names of secrets that count as present although the file does not hold them.
        stack: Name of its stack, for a copy under another name.

    Raises:
        SettingsError: With every mistake in the file.
    """
    return settings_of(read_document(path), stack or stack_name(path), secrets)


def settings_of(document: Document, stack: str, secrets: Collection[str] = ()) -> StackSettings:
    """The settings of a stack file that was read already.

    Args:
        document: What the file holds.
        stack: Name of its stack.
        secrets: Names of secrets that count as present although the file does not hold them.

    Raises:
        SettingsError: With every mistake in the file.
    """
    settings, mistakes = judge(_given(document, stack), secrets)
    found = [*document.mistakes, *unquoted_times(document), *odd_texts(beside_the_settings(document))]
    told = {mistake.path for mistake in found}
    mistakes = [*about_the_envelope(document, stack), *mistakes]
    mistakes = [*found, *(mistake for mistake in mistakes if mistake.path not in told)]
    if mistakes or settings is None:
        raise SettingsError(document.source, located(document, mistakes))
    return settings


def stack_name(path: Path) -> str:
    """The stack whose file this is, by the file's name.

    Raises:
        SettingsError: The file is not named `Pulumi.<environment>.yaml`.
    """
    named = re.fullmatch(r"Pulumi\.([A-Za-z0-9_-]+)\.yaml", path.name)
    if named is None:
        raise SettingsError.of(path.name, "is not the name of a stack file", "name it Pulumi.<environment>.yaml")
    return named[1]


def _given(document: Document, stack: str) -> Given:
    values: dict[str, object] = {}
    encrypted: set[KeyPath] = set()
    for key, value in config(document).items():
        name = key.removeprefix(f"{NAMESPACE}:")
        if name == key:
            continue
        found = set(_encrypted(value, (name,)))
        encrypted |= found
        if (name,) not in found or name not in SECRETS:
            values[name] = value
    return Given(stack, values, frozenset(encrypted))


def _encrypted(value: object, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        if list(value) == ["secure"]:
            yield path
            return
        for key, child in value.items():
            yield from _encrypted(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _encrypted(child, (*path, index))


def located(document: Document, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """The same mistakes, each with its line in the file."""
    for mistake in mistakes:
        if mistake.line is not None or not mistake.path:
            yield mistake
        else:
            top = mistake.path if mistake.path[0] in ENVELOPE else ("config", *mistake.path)
            yield replace(mistake, line=document.line(top))
