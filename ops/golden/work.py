"""What the command `manifest` does: bring golden manifests up to date, judge them, compare them with a base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ops.errors import RefusedError
from ops.files import write_whole
from ops.golden.difference import Difference
from ops.golden.files import FOLDER, all_entries, declared, golden_path, golden_texts, left_over, written
from ops.golden.markdown import comment
from ops.golden.rendered import contents
from ops.golden.text import UPDATE
from ops.repository import Base
from ops.stack_files import environments
from ops.words import say

__all__ = ["check", "declared", "since", "write"]


def write(project: Path, stacks: list[str], *, whole: bool) -> None:
    """Bring golden manifests up to date; all are computed before the first is written, and all are written or none.

    Args:
        project: folder of the stack files.
        stacks: whose.
        whole: the golden manifests of other stacks are left over, and go.

    Raises:
        RefusedError: as in `declared()`, or a file can't be written.
    """
    texts = declared(project, stacks)
    stale = {stack: text for stack, text in texts.items() if text != written(project, stack)}
    (project / FOLDER).mkdir(parents=True, exist_ok=True)
    write_whole({project / golden_path(stack): text for stack, text in stale.items()})
    for stack, text in texts.items():
        say("wrote" if stack in stale else "unchanged", f"{golden_path(stack)} ({text.count(chr(10))} lines)")
    for path in left_over(project, stacks) if whole else ():
        path.unlink()
        say("removed", f"{path.relative_to(project)}: there is no Pulumi.{path.stem}.yaml")


def check(project: Path, stacks: list[str], *, whole: bool) -> None:
    """Refuse golden manifests that are not what the program declares.

    Args:
        project: folder of the stack files.
        stacks: whose.
        whole: those of other stacks are left over.

    Raises:
        RefusedError: One is not up to date, and which command brings it up to date.
    """
    stale = [golden_path(stack) for stack, text in declared(project, stacks).items() if text != written(project, stack)]
    stale += [str(path.relative_to(project)) for path in left_over(project, stacks)] if whole else []
    if stale:
        raise RefusedError(f"{', '.join(stale)}: not what the program declares. {UPDATE} brings it up to date.")
    say("up to date", ", ".join(golden_path(stack) for stack in stacks))


def since(project: Path, named: str, stacks: list[str], *, whole: bool) -> tuple[str, bool]:
    """Return what changed since the work left a base, as Markdown, and whether it can be applied as it stands.

    It can't where an object is another resource to Pulumi now.

    The program is asked for what is declared now, so that a forgotten update hides nothing.

    Args:
        project: folder of the stack files.
        named: the base.
        stacks: whose.
        whole: stacks that there were at the base are told too.

    Raises:
        RefusedError: as in `Base.find()` and `declared()`.
    """
    base = Base.find(project, named)
    listed = all_entries(project, stacks)
    now = golden_texts(listed)
    gone = {Path(name).stem for name in base.files(FOLDER)} - now.keys() if whole else set()
    differences = {
        stack: Difference.between(base.text(golden_path(stack)), now.get(stack, ""))
        for stack in sorted([*now, *gone], key=environments(project).place)
    }
    note = ""
    try:
        for stack, inside in contents(base, {stack: listed[stack] for stack in now if differences[stack]}).items():
            differences[stack] = replace(differences[stack], contents=inside)
    except RefusedError as error:
        note = f"What is inside of files is not compared, because the base's program doesn't run here: {error}"
    stale = [stack for stack in now if now[stack] != written(project, stack)]
    said = comment(named, differences, stale, note)
    return said, not any(difference.moved for difference in differences.values())
