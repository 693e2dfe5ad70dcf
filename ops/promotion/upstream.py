"""The gate for what was changed in the target alone: a promotion would put it back without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.settings.environment import NAMESPACE
from ops.errors import RefusedError
from ops.file_history import FileHistory, config_of
from ops.promotion.gates import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.promotion.proposal import Proposal

ABSENT = object()
"""In place of a value: the file does not write the key."""

NOT_COMMITTED = "what is not committed"


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
    open_keys = {row.name: row.key for row in proposal.selected}
    now, source_now = (config_of(each.text) or {} for each in (proposal.target_file, proposal.source_file))
    found: dict[str, str] = {}
    # What is not committed comes first: before it there was what HEAD has.
    for name, before in [(NOT_COMMITTED, "HEAD"), *((one.name, one.parent) for one in history.commits(file))]:
        if not open_keys:
            break
        old = history.config(before, file)
        if old is None:
            # The file itself came with it: nobody has mended anything in it.
            break
        for key, path in list(open_keys.items()):
            if _value(old, path) != _value(now, path):
                del open_keys[key]
                source_old = history.config(before, other)
                if source_old is not None and _value(source_old, path) == _value(source_now, path):
                    found[key] = name
        now = old
    return found


def _value(config: dict[str, Any], path: tuple[str, ...]) -> object:
    first, *rest = path
    value: Any = config.get(f"{NAMESPACE}:{first}", ABSENT)
    for part in rest:
        value = value.get(part, ABSENT) if isinstance(value, dict) else ABSENT
    return value
