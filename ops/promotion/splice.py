"""Byte-exact edits of a stack file: what is to change is replaced in place, and nothing else is written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.secrets import SECRETS
from ops.errors import RefusedError
from ops.promotion.change import REMOVED, Change, spoken
from ops.promotion.edits import Edits
from ops.promotion.insertion import Insertion
from ops.promotion.layout import same
from ops.promotion.proof import defect, proof
from ops.promotion.removal import gone, remove
from ops.promotion.replacement import replace
from ops.promotion.stack_text import StackText

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["REMOVED", "Change", "proof", "splice"]


def splice(source_text: str, target_text: str, changes: Sequence[Change], *, source_name: str, target_name: str) -> str:
    """Edit a stack file after the example of another one.

    A value that both write is replaced where it stands, in the source's spelling. A key that only the source writes
    comes after the same neighbour, with its comments. A key that goes takes its comments with it. Texts are to be read
    from bytes, because Python's text files hide line breaks of Windows.

    Args:
        source_text: What the file holds that values come from.
        target_text: What the file holds that is edited.
        changes: What is to become of which key.
        source_name: Name of the source's file, for messages.
        target_name: Name of the target's file, for messages.

    Returns:
        What the target's file is to hold; the same text when there is nothing to do.

    Raises:
        RefusedError: The edit can't be made for certain, in one sentence with file, line and key.
        SettingsError: One of the files is not YAML.
    """
    for change in changes:
        if change.key[0] in SECRETS or change.key[-1] == "secure":
            raise RefusedError(
                f"{target_name}: {spoken(change.path)} is a secret, and secrets are never moved. Nothing was written. "
                f"Set it: pulumi config set --secret ballast:{change.key[0]}"
            )
    source, target = StackText(source_text, source_name), StackText(target_text, target_name)
    # What neither writes is the same default in both.
    written = [one for one in changes if one.path in source.entries or one.path in target.entries]
    after = _edited(source, target, written)
    proof(target_text, after, written, name=target_name)
    if _edited(source, StackText(after, target_name), written) != after:
        raise defect(target_name, "the same edit would change the edited text again")
    return after


def _edited(source: StackText, target: StackText, changes: Sequence[Change]) -> str:
    removed = {change.path for change in changes if change.is_removal and change.path in target.entries}
    wanted = {change.path: change.value for change in changes if not change.is_removal}
    missing = wanted.keys() - target.entries.keys()
    for path in missing:
        if not same(source.value(path), wanted[path]):
            raise RefusedError(
                f"{source.name}, line {source.entries[path].key.start_mark.line + 1}: {spoken(path)} isn't what was "
                "compared. Nothing was written. If the file was changed meanwhile, run the command again."
            )
    going = gone(target, removed, missing)
    edits = Edits()
    for path in wanted.keys() & target.entries.keys():
        if not same(target.value(path), wanted[path]):
            replace(edits, source, target, path, wanted[path])
    Insertion(source, target, missing).take_down(edits)
    remove(edits, source, target, going)
    return target.written(edits.applied(target.text))
