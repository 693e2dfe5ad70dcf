"""In which unit a query counts, by how Prometheus names metrics: seconds and bytes by their end, shares by `ratio`."""

from __future__ import annotations

import re

import promql_parser as promql

_KEEPING = {"sum", "max", "min", "avg", "topk", "bottomk", "quantile"}
_OF_TIME = ("last", "max", "min", "avg", "quantile")
_NAMED = (
    (re.compile(r"_bytes(_total|_sum)?$"), "bytes"),
    (re.compile(r"_seconds(_sum|_bucket)?$|_seconds:\w+$"), "s"),
    (re.compile(r":ratio\w*$"), "percentunit"),
    (re.compile(r"_dollars:(1d|7d|30d|1h)$"), "currencyUSD"),
)


def unit_of(expression: promql.Expr) -> str | None:
    """Return Grafana's id of the unit that a query counts in; None where its names don't say."""
    found = None
    keeps = isinstance(expression, promql.AggregateExpr) and str(expression.op) in _KEEPING
    if keeps or isinstance(expression, promql.ParenExpr):
        found = unit_of(expression.expr)
    elif isinstance(expression, promql.Call):
        found = _of_call(expression)
    elif isinstance(expression, promql.MatrixSelector):
        found = unit_of(expression.vector_selector)
    elif isinstance(expression, promql.VectorSelector) and expression.name:
        found = next((unit for pattern, unit in _NAMED if pattern.search(expression.name)), None)
    return found


def _of_call(call: promql.Call) -> str | None:
    asked = unit_of(call.args[-1])
    if call.func.name == "histogram_quantile":
        return "s" if "_seconds_bucket" in str(call) else None
    if call.func.name == "rate":
        return "Bps" if asked == "bytes" else None
    return asked if call.func.name in {f"{kind}_over_time" for kind in _OF_TIME} else None
