"""The real stack files, changed in one place or two, and what is said about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from components.settings.read import read_stack
from components.settings.report import Mistake, SettingsError
from components.settings.secrets import SECRETS

PROJECT = Path(__file__).resolve().parents[2]
Change = tuple[str, str]
Changed = Callable[..., Path]
Mistakes = Callable[..., dict[str, Mistake]]


def swap(text: str, old: str, new: str) -> Change:
    """A change inside a text that is long enough to stand once."""
    return text, text.replace(old, new)


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Copies a stack file with some text exchanged.

    Each piece must stand exactly once, among the stores or, if it isn't there, in the whole file.
    """

    def write(environment: str, *changes: Change) -> Path:
        text = (PROJECT / f"Pulumi.{environment}.yaml").read_text(encoding="utf-8")
        # Comments would have to be repeated in every change.
        text = re.sub(r"(?m)[ ]+# .*$|^# .*$", "", text)
        for old, new in changes:
            stores, observing, rest = text.partition("\n  ballast:prometheusOperator:")
            if stores.count(old) == 1:
                text = stores.replace(old, new) + observing + rest
                continue
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {environment}"
            text = text.replace(old, new)
        file = tmp_path / f"Pulumi.{environment}.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def older(changed: Changed, tmp_path: Path) -> Callable[..., Path]:
    """A copy of prod's file under a name of its own, as `git show` would leave it, with some text exchanged."""

    def write(*changes: Change) -> Path:
        return changed("prod", *changes).rename(tmp_path / "before.yaml")

    return write


@pytest.fixture
def mistakes(changed: Changed) -> Mistakes:
    """Mistakes by key in a changed stack file; secrets that only a key's holder can add count as present."""

    def find(environment: str, *changes: Change) -> dict[str, Mistake]:
        try:
            read_stack(changed(environment, *changes), SECRETS)
        except SettingsError as error:
            listed = error.mistakes
        else:
            listed = ()
        found = {mistake.key: mistake for mistake in listed}
        assert len(found) == len(listed), listed
        return found

    return find


@pytest.fixture
def refused(mistakes: Mistakes) -> Callable[..., str]:
    """The rule and the way out that a changed stack file is refused with, in one mistake at its key."""

    def said(environment: str, changes: list[Change], key: str) -> str:
        found = mistakes(environment, *changes)
        assert list(found) == [key]
        assert found[key].remedy
        return f"{found[key].problem} {found[key].remedy}"

    return said
