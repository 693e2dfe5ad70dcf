"""What changed between two golden manifests of a stack, object by object."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNLISTED = "  else: "
RESOURCE = "  resource: "
ALIAS = "  alias: "
ABOVE = "  <- "
MADE = "-made"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What changed in one stack.

    Attributes:
        removed: first lines of the objects that are no longer declared.
        added: first lines of the objects that are new.
        changed: the lines that differ, each with its sign, and the objects in which they do.
        unlisted: objects that differ only in what a golden manifest doesn't list.
        moved: objects that are another resource to Pulumi now, which would make them and then delete them.
        contents: lines that differ inside of texts that are told by their digest, by object and path.
    """

    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    unlisted: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    contents: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def between(cls, before: str, after: str) -> Difference:
        """Return what changed from one text to the other; an empty text is a stack that there wasn't."""
        old, new = _blocks(before), _blocks(after)
        changed: dict[tuple[str, ...], list[str]] = {}
        unlisted = []
        for name in old.keys() & new.keys():
            signed = tuple(_signed(old[name], new[name]))
            listed = tuple(line for line in signed if not line[1:].startswith(UNLISTED))
            if listed:
                changed.setdefault(listed, []).append(name)
            elif signed:
                unlisted.append(name)
        for names in changed.values():
            names.sort()
        return cls(
            removed=[old[name][0] for name in old if name not in new],
            added=[new[name][0] for name in new if name not in old],
            changed=dict(sorted(changed.items(), key=lambda change: change[1])),
            unlisted=sorted(unlisted),
            moved=sorted(
                name
                for name in old.keys() & new.keys()
                if _resource(name, old) != _resource(name, new)
                and not any(line.startswith(ALIAS) for line in new[name])
            ),
        )

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.removed or self.added or self.changed or self.unlisted)

    @property
    def counts(self) -> str:
        """How many objects changed, in words."""
        changed = sum(len(names) for names in self.changed.values()) + len(self.unlisted)
        counted = ((len(self.removed), "removed"), (len(self.added), "added"), (changed, "changed"))
        return ", ".join(f"{count} {word}" for count, word in counted if count)


def _blocks(text: str) -> dict[str, list[str]]:
    """Return the lines of each object by what names it; a line about its parent is part of the first of them."""
    blocks: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("  "):
            lines.append(line)
        elif line and not line.startswith("#"):
            lines = blocks.setdefault(line.partition(ABOVE)[0], [])
            lines.append(line)
    return blocks


def _resource(name: str, blocks: dict[str, list[str]]) -> tuple[str, ...]:
    """What decides an object's URN: the resource's name, and the kinds of its parents; empty for what is no object.

    A name that Pulumi completes (`-made`) never stands in the cluster twice.
    """
    lines = blocks[name]
    if len(lines) == 1 or name.endswith(MADE) or name.partition(" ")[0].endswith("Patch"):
        return ()
    given = [line.removeprefix(RESOURCE) for line in lines if line.startswith(RESOURCE)]
    chain = [given[0] if given else name.rpartition("/")[2].rpartition(" ")[2]]
    parent = lines[0].partition(ABOVE)[2]
    # A component that isn't told ends the chain, and so does one that is above itself.
    while parent and len(chain) <= len(blocks):
        chain.append(parent.partition(" ")[0])
        parent = blocks.get(parent, [""])[0].partition(ABOVE)[2]
    return tuple(chain)


def _signed(old: list[str], new: list[str]) -> Iterator[str]:
    for verb, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb != "equal":
            yield from (f"-{line}" for line in old[old_start:old_end])
            yield from (f"+{line}" for line in new[new_start:new_end])
