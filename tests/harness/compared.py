"""Comparisons of the real stack files with changes that a test makes in them."""

from __future__ import annotations

import copy
import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from components.settings.document import Document, read_document
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.promotion.change import REMOVED
from ops.promotion.comparison import compare
from tests.harness.aligned import WAY, aligned

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from ops.promotion.row import Row

#: In place of a value: the key goes.
GONE = object()
DEV, STAGING, PROD = ENVIRONMENTS = WAY


@functools.cache
def real(environment: str) -> tuple[StackSettings, Document]:
    """Return the committed stack file, with everything promoted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"Pulumi.{environment}.yaml"
        path.write_text(aligned()[environment], encoding="utf-8")
        return _read(path)


def _read(path: Path) -> tuple[StackSettings, Document]:
    return read_stack(path, SECRETS), read_document(path)


def changed(folder: Path, environment: str, changes: dict[str, Any]) -> tuple[StackSettings, Document]:
    """Return a stack file with other values, by keys with dots between their names."""
    data = copy.deepcopy(real(environment)[1].data)
    for key, value in changes.items():
        first, *rest = key.split(".")
        names = [f"ballast:{first}", *rest]
        place = data["config"]
        for name in names[:-1]:
            place = place.setdefault(name, {})
        if value is GONE:
            del place[names[-1]]
        else:
            place[names[-1]] = value
            if isinstance(value, dict) and "secure" in value:
                data["encryptedkey"] = "QUJDREVGR0hJSktMTU5PUA=="
    return _written(folder, environment, data)


def with_changes(folder: Path, environment: str, rows: dict[str, Row]) -> StackSettings:
    """Return the settings of a stack file with every change of a comparison in it, made on its data."""
    data = copy.deepcopy(real(environment)[1].data)
    for row in rows.values():
        if row.change is not None:
            _apply(data, row.change.path, row.change.value)
    return _written(folder, environment, data)[0]


def _apply(place: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Set or remove one value; what is left empty by that goes too."""
    first, *rest = path
    if rest:
        _apply(place.setdefault(first, {}), tuple(rest), value)
        if value is REMOVED and not place[first]:
            del place[first]
    elif value is REMOVED:
        del place[first]
    else:
        place[first] = value


def _written(folder: Path, environment: str, data: dict[str, Any]) -> tuple[StackSettings, Document]:
    path = folder / f"Pulumi.{environment}.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return _read(path)


def compared(
    folder: Path,
    source: str,
    target: str,
    changes: dict[str, dict[str, Any]] | None = None,
    without: str | None = None,
) -> dict[str, Row]:
    """Return the rows by key of a comparison.

    Args:
        folder: Where changed files are written.
        source: Where values come from.
        target: Where they go to.
        changes: What differs from the committed files, by environment.
        without: The environment whose file could not be read.
    """
    views = {
        env: changed(folder, env, changes[env]) if changes and env in changes else real(env)
        for env in ENVIRONMENTS
        if env != without
    }
    stacks = {env: stack for env, (stack, _) in views.items()}
    documents = {env: document for env, (_, document) in views.items()}
    return {row.name: row for row in compare(stacks, source, target, documents)}
