"""Alerts with one thing changed, which their cases must not let pass."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

from tests.harness.alert_timelines import Play

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.harness.alert_timelines import Case

Rule = dict[str, Any]

_COMPARED = re.compile(r"(?P<sign>[<>=]=?)(?P<space> (?:bool )?)(?P<number>\d+(?:\.\d+)?)(?![\d.]*[a-z\[])")
_FLIPPED = {">": "<", "<": ">", "==": "!=", ">=": "<", "<=": ">"}
_AGGREGATED = {"max": "min", "min": "max", "avg": "max"}


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Return a rule's mutants, each with what was changed: threshold, comparison, aggregation, labels, waiting."""
    for what, expression in _expressions(rule["expr"]):
        yield what, {**rule, "expr": expression}
    severity = rule["labels"]["severity"]
    for label, value in (("severity", "info" if severity == "critical" else "critical"), ("team", "nobody")):
        yield f"{label} is {value}", {**rule, "labels": {**rule["labels"], label: value}}
    waits = rule.get("for", "0m")
    for other in {"0m", "5h"} - {waits}:
        yield f"for {other}", {**rule, "for": other}


def _expressions(expression: str) -> Iterator[tuple[str, str]]:
    for found in _COMPARED.finditer(expression):
        number = float(found["number"])
        for changed in (number * 1.5, number * 0.5) if number else (2.5,):
            yield f"{found[0]} is {changed}", _put(expression, found.span("number"), f"{changed:.10g}")
        flipped = _FLIPPED[found["sign"]]
        yield f"{found[0]} is {flipped}", _put(expression, found.span("sign"), flipped)
    for found in re.finditer(r"\b(max|min|avg)\b(?= by| ?\()", expression):
        changed_to = _AGGREGATED[found[1]]
        yield f"{found[1]} at {found.start()} is {changed_to}", _put(expression, found.span(), changed_to)
    for found in re.finditer(r" by \([^)]+\)", expression):
        yield f"without{found[0]} at {found.start()}", _put(expression, found.span(), "")


def _put(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def sampled(rules: Mapping[str, Rule], cases: Mapping[str, Case], *, seed: int, count: int) -> dict[Any, Play]:
    """Return the cases of a sample of mutants, which is the same for the same seed; by alert, change and case."""
    every = [(key, rule, what, mutant) for key, rule in rules.items() for what, mutant in mutants(rule)]
    chosen = random.Random(seed).sample(every, min(count, len(every)))  # noqa: S311 - to be repeated, not secret
    return {
        (key, what, name): Play(rule=mutant, case=case, expected=rule)
        for key, rule, what, mutant in chosen
        for name, case in cases.items()
        if key in (name, name.split()[0])
    }
