"""What a preview would do, judged: data first, the rest by what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ops.report.aws_weakening import weakened_in_aws
from ops.report.cluster_guards import ended, weakened_in_cluster
from ops.report.digest import Op, Step
from ops.report.findings import Finding, Judgement, Rank
from ops.report.kinds import KUBERNETES, Holds, is_patch, kind_of
from ops.report.live_objects import still_declared
from ops.report.times import shorter, times_of
from ops.report.weakening import JUDGED, lost_promises, lost_volumes, weakened
from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.report.preview import Preview
    from ops.report.waivers import Waiver

_REPLACING = {Op.REPLACE, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.IMPORT_REPLACEMENT}
_SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
_OWN_VALUE = {"data", "stringData"}
_SPOKEN = {Op.CREATE: "create", Op.IMPORT: "create", Op.UPDATE: "update", Op.DELETE: "delete"}


def judge(preview: Preview, waivers: Mapping[tuple[str, str, str], Waiver]) -> Judgement:
    """Judge every step of a preview.

    Args:
        preview: What was read.
        waivers: Those in force by stack, URN and operation.
    """
    grouped: dict[tuple[str, str], list[Step]] = {}
    for step in preview.steps:
        if operation := _operation(step):
            grouped.setdefault((step.urn, operation), []).append(step)
    declared_by = still_declared(preview.steps)
    refreshed = {step.urn for step in preview.steps if step.op is Op.REFRESH and step.old_state}
    findings = [
        _Judge(operation, steps, gone=urn in refreshed, twice=declared_by.get(urn, "")).finding(preview.stack, waivers)
        for (urn, operation), steps in grouped.items()
        if _is_object(steps)
    ]
    times = times_of(preview.steps)
    findings += shorter(times, preview.stack, waivers) if times else []
    findings.sort(key=lambda finding: (finding.rank.value, finding.kind.name, finding.name, finding.urn))
    return Judgement(preview=preview, findings=tuple(findings), times_judged=times is not None)


def _operation(step: Step) -> str:
    """The step as people say it; empty where no object is touched."""
    if step.op in _REPLACING:
        return "replace"
    # What is called unchanged is believed only where it is.
    if step.op is Op.SAME and (lost_promises(step) or (_differs(step) and weakened(step))):
        return "update"
    # The state forgets what it has read and nobody owns; of what the program made that is letting go.
    if step.op in (Op.DISCARD, Op.DISCARD_REPLACED) and step.old_state and not step.old_state.external:
        return "delete"
    return _SPOKEN.get(step.op, "")


def _differs(step: Step) -> bool:
    old, new = step.old_state, step.new_state
    return old is not None and new is not None and new.custom and old.inputs != new.inputs


def _is_object(steps: list[Step]) -> bool:
    """Whether there is an object behind the resource; components are groups of the program."""
    states = [state for step in steps for state in (step.old_state, step.new_state) if state]
    # A kind that holds data is an object, whatever else is said of it.
    return not states or any(state.custom or kind_of(state.type).holds is Holds.DATA for state in states)


class _Judge:
    """Judges the steps of one operation on one resource.

    Args:
        operation: as in `Finding`.
        steps: the steps; a replacement may have three.
        gone: True if the engine had the object in its state and asked the cluster for it.
        twice: the other resource that declares the object that is deleted here; empty where none does.
    """

    def __init__(self, operation: str, steps: list[Step], *, gone: bool, twice: str) -> None:
        self._operation, self._steps, self._gone, self._twice = operation, steps, gone, twice
        self._token = steps[0].urn.split("::", 3)[2].rpartition("$")[2]
        self._old = next((step.old_state for step in steps if step.old_state), None)
        self._new = next((step.new_state for step in steps if step.new_state), None)
        spec = self._old.inputs.get("spec") if self._old else None
        self._kind = kind_of(self._token, authority=isinstance(spec, dict) and spec.get("isCA") is True)
        # A patch is retained so that its fields stay; the object is not its own.
        kept = self._old is not None and (self._old.protect or self._old.retain_on_delete)
        self._promised = kept and not is_patch(self._token)
        if self._promised and self._kind.holds is Holds.NOTHING:
            self._kind = replace(self._kind, lost="what the program had promised to keep")

    def finding(self, stack: str, waivers: Mapping[tuple[str, str, str], Waiver]) -> Finding:
        rank, notes = self._ranked()
        urn = self._steps[0].urn
        return Finding(
            stack=stack,
            urn=urn,
            operation=self._operation,
            rank=rank,
            kind=self._kind,
            name=self._name,
            reasons=self._reasons,
            notes=tuple(notes),
            waiver=waivers.get((stack, urn, self._operation)) if rank is Rank.LOSS else None,
        )

    def _ranked(self) -> tuple[Rank, list[str]]:
        if self._twice and self._operation in ("delete", "replace"):
            return Rank.TWICE, [f"the same object is declared by {code(self._twice)}: this deletion would take it away"]
        return self._by_itself()

    def _by_itself(self) -> tuple[Rank, list[str]]:
        if self._operation in ("delete", "replace") and self._holds_data and not self._new_value:
            return Rank.LOSS, list(self._fate())
        if self._operation == "delete":
            notes = ended(self._token, self._old)
            return (Rank.WEAKENED if notes else Rank.DELETE), notes
        if self._operation == "create" and self._gone and self._holds_data:
            return Rank.WEAKENED, ["is gone from the cluster already; a new, empty one would be made in its place"]
        harmless = {"create": Rank.CREATE, "update": Rank.UPDATE}.get(self._operation, Rank.REPLACE)
        worse = self._worse()
        notes = ["its value is given anew"] if self._new_value else worse
        return (Rank.WEAKENED if worse else harmless), notes

    @property
    def _holds_data(self) -> bool:
        return self._promised or self._kind.holds is not Holds.NOTHING

    @property
    def _new_value(self) -> bool:
        """Whether a Secret is replaced for no other reason than its value, which is how each new value travels.

        The value comes from the stack file or from a resource that has a finding of its own.
        """
        tops = {reason.split(".")[0].split("[")[0] for reason in self._reasons}
        plain = self._token == _SECRET and self._operation == "replace" and not self._promised
        return plain and bool(tops) and tops <= _OWN_VALUE

    def _fate(self) -> Iterator[str]:
        old = self._old
        if old is None:
            return
        if old.delete and self._operation == "delete":
            yield "it is left over from an earlier replacement"
        if old.protect:
            yield "`protect` is set: the engine refuses, and nothing is deleted until it is taken off"
        if old.retain_on_delete:
            after = "; the platform goes on with a new, empty one" if self._operation == "replace" else ""
            yield f"let go: `retainOnDelete` leaves the object in the cluster, no longer managed{after}"
        if not old.protect and not old.retain_on_delete:
            yield "nothing keeps it: neither `protect` nor `retainOnDelete` is set"

    def _worse(self) -> list[str]:
        patch = is_patch(self._token)
        judged = patch or self._kind.holds is not Holds.NOTHING or self._kind.name in JUDGED
        if self._operation == "create" and self._kind.name not in JUDGED:
            return [said for step in self._steps for said in weakened_in_aws(self._token, step)]
        found: list[str] = []
        for step in self._steps:
            found += [] if patch else lost_promises(step)
            found += weakened(step) if judged else lost_volumes(step)
            found += [*weakened_in_cluster(self._token, step), *weakened_in_aws(self._token, step)]
        return found

    @property
    def _reasons(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for step in self._steps:
            diff = step.detailed_diff or dict.fromkeys(step.diff_reasons)
            found |= dict.fromkeys(step.replace_reasons if self._operation == "replace" else diff)
        return tuple(found)

    @property
    def _name(self) -> str:
        state = self._old or self._new
        if state is None or not self._token.startswith(f"{KUBERNETES}:"):
            return self._steps[0].urn.split("::", 3)[3]
        metadata = state.inputs.get("metadata")
        given = metadata if isinstance(metadata, dict) else {}
        parts = [str(given[key]) for key in ("namespace", "name") if given.get(key)]
        return state.id or ("/".join(parts) if given.get("name") else self._steps[0].urn.split("::", 3)[3])
