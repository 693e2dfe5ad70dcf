"""The gate that asks for evidence: the source runs the very values that are to travel, and has done so for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from components.settings.environment import Tier
from components.settings.promotion import promotion_digest
from ops.promotion.backend import Backend, NoEvidenceError
from ops.promotion.evidence import OUTPUT, RUNNING, SUCCEEDED, Evidence, Update, gather
from ops.promotion.gates import Answer, Mark
from ops.repository import git

if TYPE_CHECKING:
    from pathlib import Path

    from components.settings.stack import StackSettings
    from ops.promotion.proposal import Proposal

GATE = "proven"

SOAK = {Tier.PROD: timedelta(hours=24)}
"""How long the source must have run the values, by the target's tier, unless `--soak` says otherwise; else it must only
run them.

A day shows what a night's snapshots, a rotation of indexes and one round of everybody's work do to them. Dev is one
person's machine that is down at night: nothing there would ever have run for a day.
"""


@dataclass(frozen=True)
class Proof:
    """What the gate saw, for the commit message.

    Attributes:
        update: the source's last update.
        digest: of the promoted values that it carried.
        soaked: how long the source has run them.
        asked: how long it had to.
    """

    update: Update
    digest: str
    soaked: timedelta
    asked: timedelta

    @property
    def words(self) -> str:
        """The proof in one line."""
        return f"{self.update.name}, run for {span(self.soaked)} (asked: {span(self.asked)})"


def usual_soak(proposal: Proposal) -> timedelta:
    """How long the target asks the source to have run the values."""
    return SOAK.get(proposal.target_file.settings.tier, timedelta(0))


def proven(proposal: Proposal, project: Path, soak: timedelta | None, now: datetime) -> tuple[Answer, Proof | None]:
    """Ask the backend of the source what it has proven.

    Args:
        proposal: what is to be promoted.
        project: folder of the stack files.
        soak: how long the source must have run the values; None for the target's own.
        now: the present, in UTC.

    Returns:
        The answer, and the proof where it passes.
    """
    asked = usual_soak(proposal) if soak is None else soak
    source = proposal.source_file.settings
    try:
        backend = Backend.of(proposal.source, source.cluster.identity, project)
        # Followed a day further than asked, so that a person reads more than the minimum.
        evidence = gather(backend, now - asked - timedelta(days=1))
    except NoEvidenceError as error:
        return Answer(GATE, Mark.REFUSED, (f"no evidence: {error}",)), None
    refusal = _elsewhere(evidence.last, source, project)
    if refusal is not None:
        return Answer(GATE, Mark.REFUSED, (refusal,)), None
    return judge(evidence, backend, promotion_digest(source), asked, now)


def judge(
    evidence: Evidence, backend: Backend, digest: str, asked: timedelta, now: datetime
) -> tuple[Answer, Proof | None]:
    """Judge what was gathered.

    Args:
        evidence: of the source.
        backend: where it comes from.
        digest: of the promoted values in the source's file.
        asked: how long they must have run.
        now: the present, in UTC.

    Returns:
        The answer, and the proof where it passes.
    """
    refusal = _unproven(evidence, backend, digest)
    soaked = now - evidence.since if evidence.since is not None else timedelta(0)
    if refusal is None and soaked < asked:
        refusal = _too_young(evidence, backend.stack, asked, now)
    if refusal is not None or evidence.last is None:
        return Answer(GATE, Mark.REFUSED, (refusal or "",)), None
    proof = Proof(evidence.last, digest, soaked, asked)
    return Answer(GATE, Mark.PASSED, (f"{backend.stack}: {proof.words}",)), proof


def _elsewhere(last: Update | None, source: StackSettings, project: Path) -> str | None:
    """Say why the last update was of another cluster or of other code than what is looked at.

    Dev is one person's machine, on which an edit is tried before it is committed.
    """
    if last is None or not last.proves:
        return None  # `judge` says so
    if last.identity and last.identity != source.cluster.identity:
        return (
            f"no evidence: the {last.name} was of cluster {last.identity}, and the file names "
            f"{source.cluster.identity}. Bring this one up, or mend ballast:cluster.identity"
        )
    if source.tier is Tier.DEV:
        return None
    if last.dirty or not last.head:
        what = "held changes that nobody had committed" if last.dirty else "doesn't say which commit ran"
        return (
            f"no evidence: the {last.name} {what}. Apply a commit: the workflow `up`, or `pulumi up` in a clean clone"
        )
    if git(project, "merge-base", "--is-ancestor", last.head, "HEAD").returncode:
        return (
            f"no evidence: the {last.name} ran commit {last.head[:12]}, which is not part of what is checked out here. "
            "Fetch and merge it, or apply what is merged"
        )
    return None


def _unproven(evidence: Evidence, backend: Backend, digest: str) -> str | None:
    """Say which link is missing between the source's file and what runs there, the first one."""
    stack, last = backend.stack, evidence.last
    if last is None:
        return f"no evidence: there was no update of {stack} yet. Make the first one: {backend.up}"
    name = f"the {last.name}, the last one of {stack},"
    broken = {
        f"{stack} was taken down by {name.removesuffix(',')}. Bring it up: {backend.up}": last.kind != "update",
        f"{name} is under way. Wait for its end, and run this again": last.result == RUNNING,
        f"{name} has {last.result}. This has to succeed first: {backend.up}": last.result != SUCCEEDED,
        f"{name} left objects out by --target or --exclude. Run all of it: {backend.up}": last.partial,
        f"no evidence: {stack} has no output {OUTPUT}, so an older release runs there. Bring this one: {backend.up}": (
            evidence.digest is None
        ),
        f"{stack} doesn't run the promoted values of Pulumi.{stack}.yaml. Bring them there: {backend.up}": (
            evidence.digest != digest
        ),
        f"drift of {stack} was seen at {evidence.drift}: its cluster is not what was applied. Put it right as "
        "docs/delivery.md says, and run the workflow nightly, which takes the note away": evidence.drift is not None,
    }
    return next((sentence for sentence, is_so in broken.items() if is_so), None)


def _too_young(evidence: Evidence, stack: str, asked: timedelta, now: datetime) -> str:
    if evidence.since is None:
        return (
            f"since when {stack} runs these values can't be read from its history, and {span(asked)} are asked. "
            f"See it with: pulumi stack history --stack {stack}"
        )
    ready = evidence.since + asked
    return (
        f"{stack} has run these values for {span(now - evidence.since)}, and {span(asked)} are asked. "
        f"Run this again after {ready.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    )


def span(time: timedelta) -> str:
    """A span of time in its two largest units, such as `1d 4h`; rounded down."""
    minutes = int(time.total_seconds()) // 60
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "min": minutes % 60}
    shown = [f"{number}{unit}" for unit, number in parts.items() if number]
    return " ".join(shown[:2]) or "0min"
