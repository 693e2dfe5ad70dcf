"""The commit message that a promotion suggests: what changes, on which evidence, and why the rule was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.promotion.proposal import Proposal
    from ops.promotion.proven import Proof


def message(proposal: Proposal, proof: Proof | None) -> str:
    """Return the message; its last paragraph is trailers, which `git log --format=%(trailers)` finds again.

    Args:
        proposal: what was written.
        proof: what the source has proven.
    """
    rows = proposal.selected
    width = max(len(row.name) for row in rows)
    what = f"{rows[0].name}" if len(rows) == 1 else f"{len(rows)} values"
    lines = [f"Promote {what} from {proposal.source} to {proposal.target}", ""]
    lines += [f"  {row.name:<{width}}  {row.words}" for row in rows]
    lines += ["", *_trailers(proposal, proof)]
    return "\n".join(lines) + "\n"


def _trailers(proposal: Proposal, proof: Proof | None) -> list[str]:
    exceptions = proposal.exceptions
    trailers = [f"Promoted-From: {proposal.source}"]
    if proof is not None:
        trailers += [f"Evidence: {proof.words}", f"Promotion-Digest: {proof.digest}"]
    if exceptions.skipped is not None:
        trailers.append(f"Skipped: {exceptions.skipped}")
    written = {row.name for row in proposal.selected}
    trailers += [f"Downgraded: {key}" for key in sorted(exceptions.downgrades & written)]
    trailers += [f"Overwritten: {key}" for key in sorted(exceptions.overwritten & written)]
    # A trailer is one line.
    because = " ".join(exceptions.because.split())
    return [*trailers, f"Because: {because}"] if because else trailers
