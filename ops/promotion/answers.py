"""What `promote` and `compare` answer, to a person or a machine."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.promotion.ages import Ages
from ops.promotion.promote import ExitCode, Outcome, broken, pending
from ops.promotion.table import WIDTH, render
from ops.promotion.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ops.promotion.gates import Answer
    from ops.promotion.proposal import Proposal
    from ops.promotion.row import Row

WORD = 11
"""Columns of the word before a sentence, as in `ops.words.say`."""

GATE = 14
"""Columns of a gate's name."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Where answers go.

    Attributes:
        now: the present, in UTC.
        everything: rows that need nothing are shown too.
        machine: JSON instead of text.
    """

    now: datetime
    everything: bool
    machine: bool

    def view(self, proposal: Proposal) -> View:
        """Ask git for the ages of a proposal's values as they stand now."""
        source, target, there = proposal.source, proposal.target, proposal.environments
        shown = tuple(env for env in there.names if env == source or env in there.line(target))
        files = {env: proposal.files[env] for env in shown if env in proposal.files}
        ages = {env: Ages.read(file.path, file.document) for env, file in files.items()}
        return View(source, target, self.now, shown, ages)

    def outcome(self, outcome: Outcome, view: View) -> None:
        """Tell what came of a promotion.

        Args:
            outcome: what came of it.
            view: the proposal's, from before anything was written.
        """
        proposal = outcome.proposal
        if self.machine:
            self._machine(proposal, proposal.asked, view, _facts(outcome))
            return
        self._table(proposal, proposal.asked, view, everything=self.everything)
        for answer in outcome.answers:
            first, *more = answer.sentences or ("",)
            _line(answer.mark, first, answer.gate)
            for sentence in more:
                _line("", sentence, " ")
        _print("")
        self._end(outcome)

    def check(self, proposal: Proposal, refusals: Sequence[Answer], code: ExitCode) -> None:
        """Tell what is pending and what is broken.

        Args:
            proposal: what was asked for.
            refusals: what would refuse it.
            code: what the command ends with.
        """
        waiting, wrong = pending(proposal), broken(proposal)
        if self.machine:
            facts = {"waiting": [row.name for row in waiting], "wrong": [row.name for row in wrong], "code": code}
            facts |= {"gates": _gates(refusals)}
            self._machine(proposal, proposal.asked, self.view(proposal), facts)
            return
        self._table(proposal, proposal.asked, self.view(proposal), everything=self.everything)
        for answer in refusals:
            for sentence in answer.sentences:
                _line(answer.mark, sentence, answer.gate)
        for row in wrong:
            _line("broken", f"{row.name}: {row.words}")
        for row in waiting:
            _line("pending", f"{row.name}: {row.words}")
        if code is ExitCode.DONE:
            _line("done", _nothing(proposal))

    def compare(self, proposal: Proposal) -> None:
        """Tell the whole distance."""
        source, target = proposal.source, proposal.target
        rows = [row for row in proposal.rows if self.everything or row.cells[source] != row.cells[target]]
        if self.machine:
            self._machine(proposal, rows, self.view(proposal), {})
            return
        self._table(proposal, rows, self.view(proposal), everything=True)
        same = len(proposal.rows) - len(rows)
        if same:
            _print(f"{same} more are the same in {source} and {target}; --all shows them")

    def explain(self, proposal: Proposal, key: str) -> None:
        """Tell what is known of one key."""
        # Late: seldom asked for.
        from ops.promotion.explain import explain  # noqa: PLC0415 - see above

        _print(explain(key, proposal.rows, self.view(proposal)).rstrip())

    def _end(self, outcome: Outcome) -> None:
        proposal = outcome.proposal
        if not proposal.selected:
            _line("done", _nothing(proposal))
            return
        if outcome.difference:
            _print(outcome.difference + "\n")
        if outcome.is_refused:
            _line("refused", f"nothing was written to {proposal.target_file.path.name}")
        elif outcome.written:
            _line("written", f"{proposal.target_file.path.name}; suggested commit message:")
            _print("\n" + outcome.message.rstrip())
        else:
            _line("next", f"the same with --write, which edits {proposal.target_file.path.name}")

    def _table(self, proposal: Proposal, rows: Sequence[Row], view: View, *, everything: bool) -> None:
        _print(render(rows, view, everything=everything, colour=sys.stdout.isatty()).rstrip() + "\n")
        for note in proposal.notes:
            _line("note", note)

    def _machine(self, proposal: Proposal, rows: Sequence[Row], view: View, facts: dict[str, Any]) -> None:
        # Late: seldom asked for.
        from ops.promotion.plain import as_json  # noqa: PLC0415 - see above

        told = as_json(rows, view) | {"notes": list(proposal.notes)} | facts
        _print(json.dumps(told, indent=2, ensure_ascii=False))


def _facts(outcome: Outcome) -> dict[str, Any]:
    """What `--json` says of a promotion beside the comparison; `code` is the exit code."""
    return {
        "gates": _gates(outcome.answers),
        "selected": [row.name for row in outcome.proposal.selected],
        "difference": outcome.difference,
        "written": outcome.written,
        "message": outcome.message,
        "code": outcome.code,
    }


def _gates(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [{"gate": answer.gate, "answer": answer.mark, "sentences": answer.sentences} for answer in answers]


def _nothing(proposal: Proposal) -> str:
    where = f" below {', '.join(proposal.keys)}" if proposal.keys else ""
    return f"nothing to promote from {proposal.source} to {proposal.target}{where}"


def _line(word: str, sentence: str, gate: str = "") -> None:
    """Print a sentence behind a word and perhaps a gate's name, wrapped between words only."""
    head = f"{word:<{WORD}}" + (f"{gate:<{GATE}}" if gate else "")
    lines = textwrap.wrap(sentence, WIDTH - len(head), break_long_words=False, break_on_hyphens=False) or [""]
    _print("\n".join([f"{head}{lines[0]}".rstrip(), *(" " * len(head) + line for line in lines[1:])]))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
