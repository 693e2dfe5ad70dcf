"""The gate for what was changed in the target alone: a promotion would put it back without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.environment import NAMESPACE
from ops.errors import RefusedError
from ops.file_history import FileHistory, config_of, value_at
from ops.promotion.gates import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.promotion.proposal import Proposal


def upstream(proposal: Proposal, project: Path) -> Answer:
    """No value is put back that was changed in the target after the source had the value that would replace it.

    Args:
        proposal: what is to be promoted.
        project: folder of the stack files.
    """
    return Answer.judged("upstream", _refusals(proposal, project))


def _refusals(proposal: Proposal, project: Path) -> Iterator[str]:
    try:
        undone = hotfixes(proposal, project)
    except RefusedError as error:
        yield str(error)
        return
    for key, commit in undone.items():
        if key not in proposal.exceptions.overwritten:
            yield (
                f"{NAMESPACE}:{key} was changed in {proposal.target} by {commit}, after {proposal.source} had the "
                "value that would replace it. Bring it upstream first: write it into "
                f"{proposal.source_file.path.name}. "
                f'If it is to be put back: --overwrite {key} --because "..."'
            )


def hotfixes(proposal: Proposal, project: Path) -> dict[str, str]:
    """Return the keys that would be put back, and for each the commit that changed it.

    Raises:
        RefusedError: git doesn't tell.
    """
    history, file, other = FileHistory(project), proposal.target_file.path.name, proposal.source_file.path.name
    now, source_now = (config_of(each.text) or {} for each in (proposal.target_file, proposal.source_file))
    changed = history.last_changes(file, now, [row.key for row in proposal.selected])
    return {
        ".".join(key): commit.name
        for key, commit in changed.items()
        # A file that came with it has mended nothing.
        if history.config(commit.parent, file) is not None
        and (source_before := history.config(commit.parent, other)) is not None
        and value_at(source_before, key) == value_at(source_now, key)
    }
