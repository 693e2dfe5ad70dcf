"""The gate for what deletes by the clock: a time that gets shorter costs data, some hours after the `up`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.environment import NAMESPACE
from components.settings.kept import kept_for, shortened
from components.settings.report import SettingsError
from ops.errors import RefusedError
from ops.promotion.gates import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.promotion.proposal import Proposal


def retention(proposal: Proposal) -> Answer:
    """Nothing that the target holds is deleted earlier than before, unless a person names the key."""
    return Answer.judged("retention", _shortened(proposal))


def _shortened(proposal: Proposal) -> Iterator[str]:
    try:
        after = kept_for(proposal.merged)
    except (SettingsError, RefusedError):
        return  # the gate `validity` says so
    for shorter in shortened(kept_for(proposal.target_file.settings), after):
        if shorter.key not in proposal.exceptions.downgrades:
            what = "" if shorter.what == shorter.key else f", {shorter.what}"
            yield (
                f"{NAMESPACE}:{shorter.key}{what}: {shorter.was} -> {shorter.now} would delete what is older. "
                f'If that is meant: --allow-downgrade {shorter.key} --because "..."'
            )
