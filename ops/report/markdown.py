"""The report as a comment on a pull request: data at risk first and whole, the rest as far as there is room."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ops.report.findings import ALLOWABLE, Rank
from ops.report.wording import block, code, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.report.findings import Finding, Judgement
    from ops.report.waivers import Waiver, Waivers

MARKER = "<!-- ballast-preview -->"
LIMIT = 60_000
"""Characters of the whole report. GitHub takes 65,536 in a comment; the rest is for what a workflow adds."""

_MESSAGE = 2_000  # characters of one error; a traceback's end says what happened
_ERRORS = 8_000  # characters of all errors
_FOLDED = 10  # lines up to which a list stays open
_NAMES = 10  # names on one line of a shortened list
_PATHS = 12  # property paths of one update
_NOTE = 200  # characters that a section's frame and its note on what is left out may take
_TWO_NAMES = (
    "Each has another Pulumi name or parent now. Give its resource an alias with the old one "
    "(docs/delivery.md, *An object under two names*)."
)
_SHORTER = (
    "What is older is deleted within hours of the update. If that is meant: a waiver with the operation `shorten` and "
    "the URN of the line."
)
_VERBS = {
    "delete": "deleted",
    "replace": "replaced",
    "shorten": "made shorter",
    "update": "updated",
    "create": "created",
}
_SECTIONS = {
    Rank.REPLACE: "replaced, without data",
    Rank.DELETE: "deleted, without data",
    Rank.UPDATE: "updated in place",
    Rank.CREATE: "created",
}


class Report:
    """The report on all stacks.

    Args:
        judgements: one per stack.
        waivers: the file that allows losses.
    """

    def __init__(self, judgements: Sequence[Judgement], waivers: Waivers) -> None:
        self._judgements = judgements
        self._waivers = waivers
        self._findings = [finding for judgement in judgements for finding in judgement.findings]

    def text(self) -> str:
        """The Markdown, at most `LIMIT` characters."""
        parts = [MARKER, f"## Preview: {self._title()}", self._table(), *self._errors()]
        end = self._about_waivers()
        room = LIMIT - sum(len(part) + 2 for part in [*parts, *end])
        for rank in Rank:
            found = [finding for finding in self._findings if finding.rank is rank]
            if not found:
                continue
            section = _folded(rank, found, room) if rank in _SECTIONS else _open(rank, found, room)
            parts.append(section)
            room -= len(section) + 2
        return "\n\n".join([*parts, *end]) + "\n"

    def _title(self) -> str:
        twice = sum(judgement.counts[Rank.TWICE] for judgement in self._judgements)
        refused = sum(len(judgement.refused) for judgement in self._judgements) - twice
        allowed = sum(finding.rank in ALLOWABLE for finding in self._findings) - refused
        weakened = sum(judgement.counts[Rank.WEAKENED] for judgement in self._judgements)
        failed = self._named(lambda judgement: bool(judgement.preview.errors) or not judgement.preview.finished)
        missing = self._named(lambda judgement: bool(judgement.preview.missing))
        unread = self._named(lambda judgement: bool(judgement.preview.unread))
        clean = self._named(lambda judgement: judgement.clean and judgement.times_judged)
        times_unknown = self._named(lambda judgement: judgement.clean and not judgement.times_judged)
        said = [f"nothing is known of {unread}"] if unread else []
        said += [f"it failed for {failed}"] if failed else []
        said += [f"steps are missing from {missing}"] if missing else []
        said += [f"{counted(refused, 'loss')} of data, not allowed"] if refused else []
        said += [f"{counted(allowed, 'loss')} of data, allowed by waivers"] if allowed else []
        said += [f"{counted(twice, 'object')} deleted that the program still declares"] if twice else []
        said += [f"{counted(weakened, 'guard')} of data weakened, or data that is gone"] if weakened else []
        said += [f"no data is lost in {clean}"] if clean else []
        unjudged = f"nothing is deleted in {times_unknown}, but how long data was and would be kept is not judged"
        said += [unjudged] if times_unknown else []
        return "; ".join(said)

    def _named(self, chosen: Callable[[Judgement], bool]) -> str:
        """The stacks of the judgements that are chosen."""
        return ", ".join(code(judgement.preview.stack) for judgement in self._judgements if chosen(judgement))

    def _table(self) -> str:
        heads = (
            "Stack",
            "Data lost",
            "Taken away",
            "Kept shorter",
            "Guards weakened",
            "Replaced",
            "Deleted",
            "Updated",
            "Created",
            "Unchanged",
        )
        rows: list[str] = [" | ".join(heads), " | ".join(["---", *["---:"] * (len(heads) - 1)])]
        for judgement in self._judgements:
            preview = judgement.preview
            name = code(preview.stack).replace("|", r"\|") + (" (failed, incomplete)" if preview.failed else "")
            if preview.unread:
                rows.append(f"{name} | {' | '.join('?' for _ in heads[1:])}")
                continue
            counts = [*(judgement.counts[rank] for rank in Rank), preview.unchanged]
            rows.append(f"{name} | {' | '.join(f'{count:,}' for count in counts)}")
        return "\n".join(f"| {row} |" for row in rows)

    def _errors(self) -> list[str]:
        parts: list[str] = []
        room = _ERRORS
        for preview in (judgement.preview for judgement in self._judgements if judgement.preview.failed):
            if preview.unread:
                parts.append(f"### Nothing is known of {code(preview.stack)}\n\n{block(preview.unread)}")
                continue
            if preview.missing:
                parts.append(f"### Steps are missing from the preview of {code(preview.stack)}")
                parts.append("\n".join(f"- It {said}." for said in preview.missing))
            if preview.finished and not preview.errors:
                continue
            parts.append(
                f"### The preview of {code(preview.stack)} failed\n\n"
                "The engine plans deletions last, so this list of changes is incomplete."
                + ("" if preview.finished else " It never came to count the changes.")
            )
            for index, error in enumerate(preview.errors):
                shown = error if len(error) <= _MESSAGE else f"[...] {error[-_MESSAGE:]}"
                if len(shown) > room:
                    parts.append(f"{counted(len(preview.errors) - index, 'more error')} left out here.")
                    break
                parts.append(block(shown))
                room -= len(shown)
        return parts

    def _about_waivers(self) -> list[str]:
        used = {finding.waiver.key for finding in self._findings if finding.waiver}
        whole = {judgement.preview.stack for judgement in self._judgements if not judgement.preview.failed}
        idle = [entry for key, entry in self._waivers.in_force.items() if key not in used and entry.stack in whole]
        lines = [f"- Expired on {entry.until}, doesn't count: {_waiver(entry)}" for entry in self._waivers.expired]
        lines += [f"- Matches nothing in this preview, remove it: {_waiver(entry)}" for entry in idle]
        if not lines:
            return []
        kept, left = _cut(lines, _ERRORS)
        return ["\n".join(["### Waivers", "", *kept, *([f"- {left:,} more left out."] if left else [])])]


def _waiver(entry: Waiver) -> str:
    return f"{entry.operation} of {code(entry.urn)} in {code(entry.stack)}"


def _open(rank: Rank, found: list[Finding], room: int) -> str:
    """The first ranks: every one by name, in full if there is room, else grouped."""
    head = {
        Rank.LOSS: "### Data that would be lost",
        Rank.TWICE: f"### Objects that would be deleted although the program declares them\n\n{_TWO_NAMES}",
        Rank.SHORTER: f"### Data that would be kept for a shorter time\n\n{_SHORTER}",
        Rank.WEAKENED: "### Guards of data that would be weakened, and data that is gone",
    }[rank]
    full = "\n".join([head, "", *map(_full, found)])
    if len(full) <= room:
        return full
    groups = defaultdict(list)
    for finding in found:
        allowed = ", allowed" if finding.waiver else ""
        groups[f"{code(finding.stack)}: {finding.operation}{allowed} {finding.kind.name}"].append(code(finding.name))
    lines = [
        f"- {group}: {', '.join(names[start : start + _NAMES])}"
        for group, names in groups.items()
        for start in range(0, len(names), _NAMES)
    ]
    kept, left = _cut(lines, room - len(head) - 2 * _NOTE)
    note = "Names only, because there are so many; --junit and --sarif hold the rest."
    lost = [f"**About {left * _NAMES:,} more are left out: a comment holds no more names.**"] if left else []
    return "\n".join([head, "", note, "", *kept, *lost])


def _full(finding: Finding) -> str:
    verb = _VERBS[finding.operation]
    lines = [f"- **{code(finding.stack)}: {finding.kind.name} {code(finding.name)} would be {verb}**"]
    if finding.rank is Rank.LOSS:
        lines.append(f"  - at stake: {finding.kind.lost}")
        lines.append(f"  - why: {_why(finding)}")
    lines += [f"  - {note}" for note in finding.notes]
    if finding.waiver:
        lines.append(f"  - allowed until {finding.waiver.until}: {code(finding.waiver.because)}")
    return "\n".join([*lines, f"  - {code(finding.urn)}"])


def _why(finding: Finding) -> str:
    if finding.reasons:
        return f"{_paths(finding)} can't change in place"
    return "the program no longer declares it" if finding.operation == "delete" else "the engine names no property"


def _folded(rank: Rank, found: list[Finding], room: int) -> str:
    """The later ranks: as many as there is room for."""
    head = f"{len(found):,} {_SECTIONS[rank]}"
    lines = []
    for finding in found:
        reasons = f": {_paths(finding)}" if finding.reasons else ""
        notes = f" ({'; '.join(finding.notes)})" if finding.notes else ""
        lines.append(f"- {code(finding.stack)}: {finding.kind.name} {code(finding.name)}{reasons}{notes}")
    kept, left = _cut(lines, room - _NOTE)
    kept += [f"- {left:,} of {len(found):,} left out here: there is no room for them in a comment."] if left else []
    body = "\n".join(kept)
    if len(found) <= _FOLDED:
        return f"### {head}\n\n{body}"
    return f"<details><summary>{head}</summary>\n\n{body}\n\n</details>"


def _paths(finding: Finding) -> str:
    more = len(finding.reasons) - _PATHS
    shown = ", ".join(map(code, finding.reasons[:_PATHS]))
    return f"{shown} and {more:,} more" if more > 0 else shown


def _cut(lines: list[str], room: int) -> tuple[list[str], int]:
    """As many lines as fit into `room` characters, and how many don't."""
    kept = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept, len(lines) - len(kept)
