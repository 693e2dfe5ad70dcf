"""Which stacks a difference can touch, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.golden.files import golden_path
from ops.stack_files import environments, stack_of

if TYPE_CHECKING:
    from ops.repository import Base

SHOWN = 3
"""Paths that a reason names; the rest is counted."""


@dataclass(frozen=True)
class Rule:
    """What a path says about the stacks.

    Attributes:
        paths: regular expression that the whole path matches.
        every: whether it touches every stack, or none.
        because: the reason, as a person reads it.
    """

    paths: str
    every: bool
    because: str


RULES = (
    Rule(r"Pulumi\.yaml|__main__\.py|components/.*", every=True, because="the program changed"),
    Rule(r"uv\.lock|pyproject\.toml", every=True, because="the program's packages changed"),
    Rule(r"images\.lock", every=True, because="the images changed"),
    Rule(
        r"toolchain/recipes\.py|toolchain/modules/pulumi-.*",
        every=True,
        because="the engine or its provider changed",
    ),
    Rule(r"(docs|tests|ops|delivery|\.github|\.ci)/.*", every=False, because="no part of the program"),
    Rule(r"toolchain/.*", every=False, because="builds and starts programs on a developer's machine"),
    Rule(r"bootstrap/.*", every=False, because="a program of its own, run once for an account by a person"),
    Rule(r"images/.*", every=False, because="an image reaches a stack by the tag in its stack file"),
    Rule(
        r".*\.md|Makefile|ballast|\.gitignore|\.pre-commit-config\.yaml|LICENSE",
        every=False,
        because="no part of the program",
    ),
)
"""The first rule that matches a path counts. A path that none matches touches every stack, which is safe."""

UNKNOWN = Rule(r".*", every=True, because="no rule of ops/affected.py knows the path")


@dataclass
class Affected:
    """The stacks that a difference can touch.

    Attributes:
        stacks: in the order in which values travel.
        reasons: of each, why.
        warnings: what a person should look at first.
    """

    stacks: list[str] = field(default_factory=list)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def affected(base: Base) -> Affected:
    """Return the stacks that the changes since a base can touch.

    Raises:
        RefusedError: git can't tell what changed.
    """
    changed = base.changed()
    own = {stack: path for path in changed if (stack := stack_of(path))}
    everywhere = _everywhere([path for path in changed if stack_of(path) is None])
    found = Affected()
    there = environments(base.project)
    for stack in sorted({*own, *(there.names if everywhere else ())}, key=there.place):
        reasons = [f"its stack file changed: {own[stack]}"] if stack in own else []
        if everywhere and golden_path(stack) not in changed:
            reasons += [f"{reason}; its golden manifest did not" for reason in everywhere]
        else:
            reasons += everywhere
        if stack in own and not changed[own[stack]]:
            reasons[0] = f"its stack file was deleted: {own[stack]}"
            found.warnings.append(
                f"{own[stack]} was deleted: what the stack {stack} has in its cluster stays there, and no pull request "
                "shows it any more. Destroy the stack first, or bring the file back."
            )
        found.stacks.append(stack)
        found.reasons[stack] = reasons
    return found


def rule_of(path: str) -> Rule:
    """Return the rule that judges a path which is no stack file."""
    return next((rule for rule in RULES if re.fullmatch(rule.paths, path, re.DOTALL)), UNKNOWN)


def _everywhere(paths: list[str]) -> list[str]:
    """Return why every stack is touched, a reason for each rule; empty where none is."""
    by_reason: dict[str, list[str]] = {}
    for path in paths:
        rule = rule_of(path)
        if rule.every:
            by_reason.setdefault(rule.because, []).append(path)
    return [f"{because}: {_named(found)}" for because, found in by_reason.items()]


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more
