"""What is to be promoted: two stack files, the keys that differ, and the target's file as it would become."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from components.settings.document import Document, document_of, read_document
from components.settings.environment import NAMESPACE
from components.settings.explain import did_you_mean
from components.settings.judge import qualified
from components.settings.read import located, settings_of
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS
from ops.promotion.comparison import compare
from ops.promotion.splice import splice
from ops.stack_files import environments

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from components.settings.environments import Environments
    from components.settings.stack import StackSettings
    from ops.promotion.row import Row


class UnknownKeyError(Exception):
    """A key was named that no environment has, or that never travels; one sentence says so."""


@dataclass(frozen=True)
class StackFile:
    """One stack file.

    Attributes:
        path: where it is.
        content: its bytes when it was read; it is written only while they are still there.
        document: what it holds, with lines.
        settings: the same, judged.
    """

    path: Path
    content: bytes
    document: Document
    settings: StackSettings

    @classmethod
    def read(cls, project: Path, environment: str, there: Environments) -> StackFile:
        """Read the stack file of an environment; no secret is asked for.

        Args:
            project: folder of the stack files.
            environment: whose.
            there: all that lie side by side.

        Raises:
            SettingsError: with every mistake in it.
        """
        path = project / f"Pulumi.{environment}.yaml"
        # The bytes first: an edit that slips in between is then noticed when the file is written.
        content = path.read_bytes() if path.is_file() else b""
        document = read_document(path)
        settings = settings_of(document, environment, SECRETS)
        if mistakes := list(there.mistakes(environment)):
            raise SettingsError(path.name, located(document, [qualified(mistake) for mistake in mistakes]))
        return cls(path, content, document, settings)

    @property
    def text(self) -> str:
        """Its characters, line ends as they are."""
        return self.content.decode("utf-8")


@dataclass(frozen=True)
class Exceptions:
    """What a person asks for against the rule, with the reason that goes into the commit message.

    Attributes:
        skipped: the environment that is left out.
        downgrades: keys that may go back.
        overwritten: keys whose change in the target may be put back.
        because: the reason; empty where nothing is asked for.
    """

    skipped: str | None = None
    downgrades: frozenset[str] = frozenset()
    overwritten: frozenset[str] = frozenset()
    because: str = ""


@dataclass(frozen=True)
class Proposal:
    """A promotion that was asked for, and not judged yet.

    Attributes:
        source: where the values come from.
        target: where they go to.
        files: the files of both, and of every other environment that could be read.
        environments: all that lie side by side.
        rows: every key of any of them.
        notes: what a reader has to know of the comparison.
        keys: the keys or prefixes that were named, none for all.
        exceptions: what was asked for against the rule.
    """

    source: str
    target: str
    files: dict[str, StackFile]
    environments: Environments
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    exceptions: Exceptions = field(default_factory=Exceptions)

    @classmethod
    def read(cls, project: Path, source: str, target: str) -> Proposal:
        """Read and compare; everything that differs is asked for.

        Raises:
            SettingsError: the source or the target has mistakes; with those of both.
        """
        files: dict[str, StackFile] = {}
        broken: list[SettingsError] = []
        notes: list[str] = []
        there = environments(project)
        for environment in there.names:
            try:
                files[environment] = StackFile.read(project, environment, there)
            except SettingsError as error:
                if environment in (source, target):
                    broken.append(error)
                else:
                    notes.append(f"{error.source} is left out: {_gist(error)}")
        if broken:
            raise broken[0] if len(broken) == 1 else _BothError(broken)
        settings = {environment: file.settings for environment, file in files.items()}
        documents = {environment: file.document for environment, file in files.items()}
        return cls(source, target, files, there, tuple(compare(settings, source, target, documents)), tuple(notes))

    def of(self, keys: Collection[str], exceptions: Exceptions) -> Proposal:
        """Return the same for some keys only.

        Args:
            keys: keys or beginnings of keys, with or without `ballast:`.
            exceptions: what is asked for against the rule.

        Raises:
            UnknownKeyError: no environment has such a key, or none below it ever travels.
        """
        named = tuple(key.removeprefix(f"{NAMESPACE}:") for key in keys)
        back, over = (
            frozenset(key.removeprefix(f"{NAMESPACE}:") for key in some)
            for some in (exceptions.downgrades, exceptions.overwritten)
        )
        for key in (*named, *sorted(back | over)):
            rows = [row for row in self.rows if _is_under(row, key)]
            if not rows:
                raise UnknownKeyError(_unknown(key, self.rows))
            if all(row.travels != "promoted" for row in rows):
                kinds = ", ".join(sorted({row.travels for row in rows}))
                raise UnknownKeyError(f"`{key}` is {kinds}, which never travels: edit {self.target_file.path.name}")
            if key in back | over and key not in {row.name for row in rows}:
                option = "--allow-downgrade" if key in back else "--overwrite"
                raise UnknownKeyError(f"`{key}` is a section, and {option} names whole keys")
        return replace(self, keys=named, exceptions=replace(exceptions, downgrades=back, overwritten=over))

    @property
    def source_file(self) -> StackFile:
        """Where the values come from."""
        return self.files[self.source]

    @property
    def target_file(self) -> StackFile:
        """What would be written."""
        return self.files[self.target]

    @property
    def asked(self) -> list[Row]:
        """The rows that were asked for."""
        return [row for row in self.rows if not self.keys or any(_is_under(row, key) for key in self.keys)]

    @property
    def selected(self) -> list[Row]:
        """Those of them that would change the target."""
        return [row for row in self.asked if row.change is not None]

    @cached_property
    def merged_text(self) -> str:
        """The target's file as it would become.

        Raises:
            RefusedError: it can't be edited safely at one of the spots.
        """
        return splice(
            self.source_file.text,
            self.target_file.text,
            [row.change for row in self.selected if row.change is not None],
            source_name=self.source_file.path.name,
            target_name=self.target_file.path.name,
        )

    @cached_property
    def merged(self) -> StackSettings:
        """The target's settings as they would become.

        Raises:
            RefusedError: as merged_text does.
            SettingsError: with every mistake that the merged file would have, by its own lines.
        """
        document = document_of(self.merged_text, self.target_file.path.name)
        return settings_of(document, self.target, SECRETS)


class _BothError(SettingsError):
    """Two broken files, reported one after the other."""

    def __init__(self, errors: Collection[SettingsError]) -> None:
        super().__init__("", [mistake for error in errors for mistake in error.mistakes])
        self.reports = [str(error) for error in errors]

    def __str__(self) -> str:
        return "\n\n".join(self.reports)


def _gist(error: SettingsError) -> str:
    first = error.mistakes[0]
    more = f" (and {len(error.mistakes) - 1} more)" if len(error.mistakes) > 1 else ""
    return f"{first.key} {first.problem}".strip() + more


def _is_under(row: Row, key: str) -> bool:
    return f"{row.name}.".startswith(f"{key}.")


def _unknown(key: str, rows: Collection[Row]) -> str:
    names = [".".join(row.key[:length]) for row in rows for length in range(1, len(row.key) + 1)]
    guess = did_you_mean(key, names)
    hint = f"did you mean `{guess}`?" if guess else "docs/settings.md lists them all"
    return f"no environment has the key `{key}`; {hint}"
