"""What a stack has proven: which promoted values its updates carried, and since when without a break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from components.settings.environment import NAMESPACE
from components.settings.judge import Given, judge
from components.settings.promotion import promotion_digest
from components.settings.secrets import SECRETS
from ops.promotion.backend import NoEvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.settings.stack import StackSettings
    from ops.promotion.backend import Backend

OUTPUT = "promotionDigest"
"""The stack output of `__main__.py` that tells which promoted values the last update carried."""

DRIFT = "ballast:drift"
"""The stack's tag in which the nightly comparison (`.github/scripts/drift.sh`) notes when it saw differences."""

PAGE = 20
"""Updates that are asked for at once; a backend in a bucket reads one object for each."""

SUCCEEDED = "succeeded"
RUNNING = "in-progress"

_RUNS_PROGRAM = ("update", "destroy")
# Pulumi notes which options an update had. With these it left objects out, and so proves nothing of the whole.
_PARTIAL = tuple(f"pulumi.flag.{option}" for option in ("target", "target-replace", "exclude"))


@dataclass(frozen=True)
class Update:
    """One update or destruction of a stack.

    Attributes:
        number: as the backend counts, 0 where it doesn't.
        kind: `update` or `destroy`.
        result: `succeeded`, `failed` or `in-progress`.
        ended: when, None while it runs.
        digest: of the promoted values in its configuration, None where that can't be read any more.
        identity: of the cluster that its configuration named, empty where that can't be read any more.
        head: the commit that was checked out, empty where Pulumi noted none.
        dirty: whether something beside that commit was applied.
        partial: whether options such as `--target` left something out.
    """

    number: int
    kind: str
    result: str
    ended: datetime | None
    digest: str | None
    identity: str
    head: str
    dirty: bool
    partial: bool

    @property
    def name(self) -> str:
        """How people speak of it."""
        number = f" {self.number}" if self.number else ""
        when = f" of {self.ended:%Y-%m-%d %H:%M} UTC" if self.ended else ""
        return f"{self.kind}{number}{when}"

    @property
    def proves(self) -> bool:
        """Whether all of its configuration runs since."""
        return self.kind == "update" and self.result == SUCCEEDED and not self.partial and self.ended is not None


@dataclass(frozen=True)
class Evidence:
    """What a stack has proven.

    Attributes:
        digest: the stack output, None where the stack has none.
        last: its last update, None before the first one.
        since: end of the earliest update of the unbroken run of successful ones, newest first, whose configuration held
            the promoted values of `digest`; None where the newest is none of them.
        drift: when it was last seen that its cluster is not what was applied, None where nobody knows of any.
    """

    digest: str | None
    last: Update | None
    since: datetime | None
    drift: str | None


def gather(backend: Backend, enough: datetime) -> Evidence:
    """Ask a backend what its stack has proven.

    Args:
        backend: where to ask.
        enough: how far back the run of updates is followed.

    Raises:
        NoEvidenceError: the backend can't be asked, or answers something unknown.
    """
    outputs, tags = backend.ask("output"), backend.ask("tag", "ls")
    try:
        digest, drift = outputs.get(OUTPUT), tags.get(DRIFT)
        last, since = None, None
        for update in _updates(backend):
            last = last or update
            if (
                not update.proves
                or update.digest is None
                or (update.digest, update.identity) != (digest, last.identity)
            ):
                break
            since = update.ended
            if since is not None and since <= enough:
                break
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NoEvidenceError(
            f"pulumi's answer about {backend.stack} has another form than this release knows ({error!r}). "
            f"See it with: {backend.spoken} stack history --json --stack {backend.stack}"
        ) from None
    return Evidence(digest if isinstance(digest, str) else None, last, since, drift)


def _updates(backend: Backend) -> Iterator[Update]:
    """Yield updates, the newest first, page by page for as long as somebody wants more."""
    page = 1
    while True:
        entries = backend.ask("history", "--page-size", str(PAGE), "--page", str(page))
        for entry in entries:
            # A refresh, an import or a rename runs no program and carries no configuration anywhere.
            if entry["kind"] in _RUNS_PROGRAM:
                yield _update(entry, backend.stack)
        if len(entries) < PAGE:
            return
        page += 1


def _update(entry: Mapping[str, Any], stack: str) -> Update:
    ended, about = entry.get("endTime"), entry.get("environment") or {}
    settings = _settings(entry.get("config") or {}, stack)
    return Update(
        number=int(entry.get("version", 0)),
        kind=entry["kind"],
        result=entry["result"],
        ended=datetime.fromisoformat(ended) if ended else None,
        digest=None if settings is None else promotion_digest(settings),
        identity="" if settings is None else settings.cluster.identity,
        head=about.get("git.head", ""),
        dirty=about.get("git.dirty") == "true",
        partial=any(flag in about for flag in _PARTIAL),
    )


def _settings(config: Mapping[str, Any], stack: str) -> StackSettings | None:
    """Return recorded configuration as settings; of secrets it holds nothing but their names."""
    values: dict[str, object] = {}
    for key, recorded in config.items():
        name = key.removeprefix(f"{NAMESPACE}:")
        if name != key and not recorded.get("secret"):
            values[name] = recorded["objectValue"] if "objectValue" in recorded else recorded.get("value")
    return judge(Given(stack, values, frozenset()), SECRETS)[0]
