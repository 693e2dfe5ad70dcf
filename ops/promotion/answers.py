"""What `promote` and `compare` answer, to a person or a machine."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.promotion.ages import Ages
from ops.promotion.promote import ExitCode, Outcome, broken, pending
from ops.promotion.table import render
from ops.promotion.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ops.promotion.proposal import Proposal
    from ops.promotion.row import Row

WIDTH = 11
"""Columns of the word before a sentence, as in `ops.words.say`."""


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

    def outcome(self, outcome: Outcome) -> None:
        """Tell what came of a promotion."""
        proposal = outcome.proposal
        if self.machine:
            self._machine(proposal, proposal.rows, _facts(outcome))
            return
        self._table(proposal, proposal.rows, everything=self.everything)
        for answer in outcome.answers:
            first, *more = answer.sentences or ("",)
            _line(answer.mark, f"{answer.gate:<14}{first}".rstrip())
            for sentence in more:
                _line("", f"{'':<14}{sentence}")
        _print("")
        self._end(outcome)

    def check(self, proposal: Proposal, code: ExitCode) -> None:
        """Tell what is pending and what is broken."""
        waiting, wrong = pending(proposal), broken(proposal)
        if self.machine:
            facts = {"waiting": [row.name for row in waiting], "wrong": [row.name for row in wrong], "code": code}
            self._machine(proposal, proposal.rows, facts)
            return
        self._table(proposal, proposal.rows, everything=self.everything)
        for row in wrong:
            _line("broken", f"{row.name}: {row.words}")
        for row in waiting:
            _line("pending", f"{row.name}: {row.words}")
        if code is ExitCode.DONE:
            _line("done", f"nothing to promote from {proposal.source} to {proposal.target}")

    def compare(self, proposal: Proposal) -> None:
        """Tell the whole distance."""
        source, target = proposal.source, proposal.target
        rows = [row for row in proposal.rows if self.everything or row.cells[source] != row.cells[target]]
        if self.machine:
            self._machine(proposal, rows, {})
            return
        self._table(proposal, rows, everything=True)
        same = len(proposal.rows) - len(rows)
        if same:
            _print(f"{same} more are the same in {source} and {target}; --all shows them")

    def explain(self, proposal: Proposal, key: str) -> None:
        """Tell what is known of one key."""
        # Late: seldom asked for.
        from ops.promotion.explain import explain  # noqa: PLC0415 - see above

        _print(explain(key, proposal.rows, self._view(proposal)).rstrip())

    def _end(self, outcome: Outcome) -> None:
        proposal = outcome.proposal
        if not proposal.selected:
            _line("done", f"nothing to promote from {proposal.source} to {proposal.target}")
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

    def _view(self, proposal: Proposal) -> View:
        ages = {env: Ages.read(file.path, file.document) for env, file in proposal.files.items()}
        return View(proposal.source, proposal.target, self.now, ages)

    def _table(self, proposal: Proposal, rows: Sequence[Row], *, everything: bool) -> None:
        _print(render(rows, self._view(proposal), everything=everything, colour=sys.stdout.isatty()).rstrip() + "\n")
        for note in proposal.notes:
            _line("note", note)

    def _machine(self, proposal: Proposal, rows: Sequence[Row], facts: dict[str, Any]) -> None:
        # Late: seldom asked for.
        from ops.promotion.plain import as_json  # noqa: PLC0415 - see above

        told = as_json(rows, self._view(proposal)) | {"notes": list(proposal.notes)} | facts
        _print(json.dumps(told, indent=2, ensure_ascii=False))


def _facts(outcome: Outcome) -> dict[str, Any]:
    """What `--json` says of a promotion beside the comparison; `code` is the exit code."""
    return {
        "gates": [
            {"gate": answer.gate, "answer": answer.mark, "sentences": answer.sentences} for answer in outcome.answers
        ],
        "selected": [row.name for row in outcome.proposal.selected],
        "difference": outcome.difference,
        "written": outcome.written,
        "message": outcome.message,
        "code": outcome.code,
    }


def _line(word: str, sentence: str) -> None:
    _print(f"{word:<{WIDTH}}{sentence}")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
