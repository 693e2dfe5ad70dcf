"""Reads the running stack's settings from the engine; the only module of this package that imports Pulumi."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pulumi
from pulumi.runtime import config as engine

from components.settings.document import Document, read_document
from components.settings.environment import NAMESPACE
from components.settings.judge import Given, judge, qualified
from components.settings.partial import section_of
from components.settings.report import KeyPath, Mistake, SettingsError
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings


def load_stack() -> StackSettings:
    """The running stack's settings.

    Raises:
        pulumi.RunError: With every mistake; the engine prints it without a traceback.
    """
    name = pulumi.get_stack()
    given = _given(name)
    stack, mistakes = judge(given)
    mistakes += _faulty_secrets(given)
    if mistakes or stack is None:
        source = f"Pulumi.{name}.yaml"
        raise pulumi.RunError(str(SettingsError(source, _located(Path(source), given, mistakes))))
    return stack


def load_secrets() -> dict[str, pulumi.Output[str]]:
    """The running stack's secrets by name, each an output that stays secret wherever it goes.

    A line break at the end, which an editor or a pipe leaves there, is no part of any of them.

    Secrets of a section that the stack file leaves out are missing here, unless they are set all the same.
    """
    config = pulumi.Config(NAMESPACE)
    found = {
        name: config.require_secret(name) if secret.section is None else config.get_secret(name)
        for name, secret in SECRETS.items()
    }
    return {name: value.apply(_without_line_break) for name, value in found.items() if value is not None}


def _without_line_break(value: str) -> str:
    return value.rstrip("\r\n")


def _everything() -> dict[str, str]:
    # The environment holds what the engine passed; CONFIG what a test or an inline program set.
    return {**engine.get_config_env(), **engine.CONFIG.get()}


def _faulty_secrets(given: Given) -> Iterator[Mistake]:
    everything = _everything()
    for name, secret in SECRETS.items():
        if secret.fault is None or (name,) not in given.encrypted:
            continue
        fault = secret.fault(_without_line_break(everything[f"{NAMESPACE}:{name}"]))
        if fault is not None:
            command = f"pulumi config set --secret {NAMESPACE}:{name} --stack {given.stack}"
            yield qualified(Mistake((name,), fault, f"choose another one: {command}"))


def _given(stack: str) -> Given:
    secret_keys = set(engine.get_config_secret_keys_env())
    values: dict[str, object] = {}
    encrypted: set[KeyPath] = set()
    for key, text in _everything().items():
        namespace, _, name = key.partition(":")
        if namespace != NAMESPACE:
            continue
        is_secret = key in secret_keys or engine.is_config_secret(key)
        if is_secret:
            encrypted.add((name,))
        if not (is_secret and name in SECRETS):
            values[name] = _plain(name, text)
    return Given(stack, values, frozenset(encrypted))


def _plain(name: str, text: object) -> object:
    """Undo the engine's packing: sections arrive as JSON, everything else as text."""
    infos = {info.alias: info for info in StackSettings.model_fields.values()}
    if not isinstance(text, str) or name not in infos or section_of(infos[name].annotation) is None:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _located(path: Path, given: Given, mistakes: list[Mistake]) -> list[Mistake]:
    """Add lines from the stack file in the project folder, where it holds what the engine read."""
    try:
        document = read_document(path)
    except SettingsError:
        return mistakes
    return [replace(mistake, line=_line(document, given, mistake)) for mistake in mistakes]


def _line(document: Document, given: Given, mistake: Mistake) -> int | None:
    key = str(mistake.path[0])
    config = document.data.get("config")
    value = config.get(key) if isinstance(config, dict) else None
    read = given.values.get(key.removeprefix(f"{NAMESPACE}:"))
    # Another file may have been given with --config-file, whose lines these would not be.
    return document.line(("config", *mistake.path)) if value is not None and value == read else None
