"""Refuses dashboards that ask for what nobody tells: `python -m tests.observability.catalogue.judge FILE...`.

A panel whose metric has another name is empty and looks like peace. Each query is parsed, and its metrics and labels
are looked up in the catalogue beside this file.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import promql_parser as promql

from tests.observability.catalogue.exposition import BY_PROMETHEUS, everything
from tests.observability.catalogue.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.observability.catalogue.exposition import Series

MACROS = {"$__range_s": "21600", "$__rate_interval": "5m", "$__interval": "1m", "$__range": "6h"}
CAPTURE = "python -m tests.observability.catalogue.capture"
_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def refusals(dashboard: Mapping[str, Any], catalogue: Mapping[str, Series]) -> list[str]:
    """Return one sentence for each query or variable that could never show anything, or not what it says."""
    found = list(_variables(dashboard, catalogue))
    for panel, target in _targets(dashboard):
        where = f"panel `{panel.get('title', '')}` of dashboard `{dashboard.get('uid', '')}`"
        unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit")
        found += [f"{where} {wrong}" for wrong in _wrong(target, unit, catalogue)]
    return found


def _variables(dashboard: Mapping[str, Any], catalogue: Mapping[str, Series]) -> Iterator[str]:
    """A variable without values makes every query of its dashboard ask for nothing."""
    for one in dashboard.get("templating", {}).get("list", []):
        where = f"variable `{one.get('name', '')}` of dashboard `{dashboard.get('uid', '')}`"
        query = one.get("query") or ""
        asked = query if isinstance(query, str) else query.get("query", "")
        values = re.fullmatch(r"label_values\((\w+)(?:\{.*\})?,\s*(\w+)\)", asked)
        if not asked.strip():
            yield f"{where} has no values: it asks for nothing; give it a query or a list."
        elif values and values[1] not in catalogue:
            yield f"{where} has no values: no program here tells `{values[1]}`{_nearest(values[1], catalogue)}."
        elif values and values[2] not in catalogue[values[1]].labels | BY_PROMETHEUS:
            yield f"{where} has no values: `{values[1]}` has no label `{values[2]}`; use one that it has."


def metrics_of(dashboard: Mapping[str, Any]) -> set[str]:
    """Return the names of all metrics that a dashboard asks for."""
    return {
        one.name
        for _, target in _targets(dashboard)
        for one in _parts(promql.parse(plain(target["expr"])))
        if isinstance(one, promql.VectorSelector) and one.name
    }


def _targets(dashboard: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for panel in _panels(dashboard.get("panels", [])):
        for target in panel.get("targets", []):
            if "expr" in target and target.get("datasource", panel.get("datasource", {})).get("type") == "prometheus":
                yield panel, target


def _panels(panels: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for panel in panels:
        yield panel
        yield from _panels(panel.get("panels", []))


def _wrong(target: Mapping[str, Any], unit: str | None, catalogue: Mapping[str, Series]) -> Iterator[str]:
    text = plain(target["expr"])
    try:
        expression = promql.parse(text)
    except ValueError as error:
        yield f"has a query that is no PromQL ({str(error).splitlines()[0]}): `{text}`; write one that promtool takes."
        return
    counted = unit_of(expression)
    if unit is not None and counted not in (None, unit):
        yield f"shows `{unit}`, but its query counts in `{counted}`: `{text}`; give it that unit, or convert it."
    unknown = False
    for one in _parts(expression):
        if isinstance(one, promql.VectorSelector):
            if one.name is None:
                yield f"has a query without the name of a metric: `{text}`; name it, so that it can be looked up."
                unknown = True
            elif one.name not in catalogue:
                unknown = True
                yield (
                    f"asks for `{one.name}`, which no program here tells{_nearest(one.name, catalogue)}; take a name "
                    f"of tests/observability/catalogue, or capture a new program's with `{CAPTURE}`."
                )
    if not unknown:
        yield from _wrong_labels(expression, target.get("legendFormat", ""), catalogue)


def _wrong_labels(expression: promql.Expr, legend: str, catalogue: Mapping[str, Series]) -> Iterator[str]:
    for one in _parts(expression):
        for label in _asked(one):
            if label not in _labels(one, catalogue):
                yield f"asks for the label `{label}` where no metric has it: `{one}`; use one that it has."
    for label in _LEGEND.findall(legend):
        if label not in _labels(expression, catalogue):
            yield f"names its series by `{label}`, a label that they don't have; use one that they have."


def _asked(one: promql.Expr) -> list[str]:
    if isinstance(one, promql.VectorSelector):
        return [matcher.name for matcher in one.matchers.matchers]
    if isinstance(one, promql.AggregateExpr) and one.modifier is not None:
        return list(one.modifier.labels)
    if isinstance(one, promql.BinaryExpr) and one.modifier is not None and one.modifier.matching is not None:
        return list(one.modifier.matching.labels)
    return []


def _labels(expression: promql.Expr, catalogue: Mapping[str, Series]) -> frozenset[str]:
    known = BY_PROMETHEUS
    for one in _parts(expression):
        if isinstance(one, promql.VectorSelector) and one.name is not None:
            known |= catalogue[one.name].labels
        if isinstance(one, promql.Call) and one.func.name in {"label_replace", "label_join"}:
            known |= {str(one.args[1]).strip('"')}
    return known


def _parts(expression: promql.Expr) -> list[promql.Expr]:
    found: list[promql.Expr] = []
    promql.walk(expression, found.append)
    return found


def plain(text: str) -> str:
    """Return a query with ranges in place of Grafana's words for them."""
    for macro, value in MACROS.items():
        text = text.replace(macro, value)
    return text


def _nearest(name: str, catalogue: Mapping[str, Series]) -> str:
    near = difflib.get_close_matches(name, catalogue, n=1, cutoff=0.8)
    return f" (`{near[0]}` is told)" if near else ""


def main(paths: Sequence[str]) -> int:
    """Judge files; return 1 if one is refused."""
    found = []
    for path in paths:
        try:
            dashboard = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            found.append(f"{path} can't be read as a dashboard ({error}).")
            continue
        found += [f"{path}: {sentence}" for sentence in refusals(dashboard, everything())]
    sys.stderr.writelines(f"{sentence}\n" for sentence in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
