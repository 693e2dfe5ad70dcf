"""A comparison for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.promotion.row import Cell, Row
    from ops.promotion.view import View

#: Goes up when a key of the form below goes, is renamed or means something else; new keys leave it as it is.
SCHEMA = 1


def as_json(rows: Sequence[Row], view: View) -> dict[str, Any]:
    """Every row as plain JSON; of secrets the standing alone.

    The form, version 1:

    - `schema`: 1.
    - `source`, `target`: the two environments.
    - `pending`: number of rows with a change; `broken`: number of rows that break a rule between environments.
    - `rows`, in the models' order, each with
        - `key`: with dots, without `ballast:` before it;
        - `class`: `promoted`, `bound`, `scaled` or `secret`; `rule`: the marker with its options;
        - `verdict`: one of the words of `ops.promotion.row.Verdict`; `words`: the same for people;
        - `change`: null, `{"write": VALUE}` or `{"remove": true}`;
        - `section`: the section or entry that only one of the two has, or null;
        - `environments`: by name, those that are shown and whose files could be read, each with `standing` (`written`,
          `default` or `absent`), `value` (in effect, quantities as text; null where it is absent, and for a secret),
          and `since` (time in UTC by ISO 8601 of the commit that wrote the value; null where it is not known or not
          committed).
    - `unknownAges`: a sentence for each reason why ages are not known.
    """
    return {
        "schema": SCHEMA,
        "source": view.source,
        "target": view.target,
        "pending": sum(row.change is not None for row in rows),
        "broken": sum(row.is_broken for row in rows),
        "rows": [_row(row, view) for row in rows],
        "unknownAges": view.unknown_ages(),
    }


def _row(row: Row, view: View) -> dict[str, Any]:
    return {
        "key": row.name,
        "class": row.travels,
        "rule": row.marker.label,
        "verdict": row.verdict.value,
        "words": row.words,
        "change": _change(row),
        "section": ".".join(row.section) or None,
        "environments": {
            environment: _cell(row, environment, row.cells[environment], view)
            for environment in view.environments
            if environment in row.cells
        },
    }


def _change(row: Row) -> dict[str, object] | None:
    if row.change is None:
        return None
    return {"remove": True} if row.change.is_removal else {"write": row.change.value}


def _cell(row: Row, environment: str, cell: Cell, view: View) -> dict[str, object]:
    since = view.age(row, environment).since
    return {
        "standing": cell.standing.value,
        "value": cell.value,
        "since": since.isoformat() if since is not None else None,
    }
