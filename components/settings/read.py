"""Reads a stack file on its own, without an engine: for checks, tests and promotions."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from components.settings.document import Document, read_document
from components.settings.environment import Tier
from components.settings.explain import unknown_key
from components.settings.judge import Given, judge
from components.settings.report import KeyPath, Mistake, SettingsError
from components.settings.secrets import SECRETS
from components.settings.stack import NAMESPACE, StackSettings

#: What Pulumi itself keeps in a stack file.
ENVELOPE = ("config", "secretsprovider", "encryptionsalt", "encryptedkey", "environment")
#: With it a resource that was given no provider is an error, instead of going to some ambient cluster.
NO_DEFAULT_PROVIDERS = "pulumi:disable-default-providers"


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
    mistakes = [*document.duplicates, *_about_the_envelope(document, stack), *mistakes]
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
    for key, value in _config(document).items():
        name = key.removeprefix(f"{NAMESPACE}:")
        if name == key:
            continue
        found = set(_encrypted(value, (name,)))
        encrypted |= found
        if (name,) not in found or name not in SECRETS:
            values[name] = value
    return Given(stack, values, frozenset(encrypted))


def _config(document: Document) -> dict[str, object]:
    config = document.data.get("config")
    return config if isinstance(config, dict) else {}


def _encrypted(value: object, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        if list(value) == ["secure"]:
            if value["secure"]:  # an empty ciphertext is no secret
                yield path
            return
        for key, child in value.items():
            yield from _encrypted(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _encrypted(child, (*path, index))


def _about_the_envelope(document: Document, stack: str) -> Iterator[Mistake]:
    for key in document.data:
        if key not in ENVELOPE:
            yield Mistake((key,), *unknown_key(key, ENVELOPE))
    if not isinstance(document.data.get("config"), dict):
        yield Mistake(("config",), "must be a section of keys", "indent all settings below config:")
    config = _config(document)
    for key in config:
        if not key.startswith((f"{NAMESPACE}:", "pulumi:")):
            remedy = f"did you mean `{NAMESPACE}:{key.rpartition(':')[2]}`? keys begin with {NAMESPACE}: or pulumi:"
            yield Mistake((key,), "unknown key: nothing reads it", remedy)
    if config.get(NO_DEFAULT_PROVIDERS) != ["*"]:
        yield Mistake(
            (NO_DEFAULT_PROVIDERS,),
            'must be ["*"]: otherwise a resource without a provider would go to an ambient cluster',
            f'write {NO_DEFAULT_PROVIDERS}: ["*"]',
        )
    provider = document.data.get("secretsprovider")
    if config.get(f"{NAMESPACE}:tier") != Tier.DEV and provider in (None, "", "default", "passphrase"):
        yield Mistake(
            ("secretsprovider",),
            f"{stack} must name a key that people can be given and denied; a passphrase can't be taken back",
            f"write for example secretsprovider: awskms://alias/{NAMESPACE}-{stack}?region=eu-central-1",
        )


def located(document: Document, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """The same mistakes, each with its line in the file."""
    for mistake in mistakes:
        if mistake.line is not None or not mistake.path:
            yield mistake
        else:
            top = mistake.path if mistake.path[0] in ENVELOPE else ("config", *mistake.path)
            yield replace(mistake, line=document.line(top))
