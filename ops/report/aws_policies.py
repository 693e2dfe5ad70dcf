"""Two versions of an IAM policy compared: what the later one allows or no longer denies."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Statement = Mapping[str, Any]

# Operators by which a longer list of values lets more through; of others only equal lists compare.
_GROWING = ("ArnEquals", "ArnLike", "Bool", "IpAddress", "NumericEquals", "StringEquals", "StringLike")
_NAMED_BY_EXCEPTION = ("NotAction", "NotResource", "NotPrincipal")


def widened(before: object, after: object) -> list[str]:
    """Say in which ways a policy lets more through than before; no value is told.

    Args:
        before: the document, as text or parsed; None where there was none.
        after: the same for the later one.
    """
    if before == after:
        return []
    old, new = _statements(before), _statements(after)
    if new is None:
        return ["can't be judged before it is applied"]
    if old is None:
        return ["changes, and its earlier form can't be read"]
    said = []
    if any(not _covered(one, _of(old, "Allow")) for one in _of(new, "Allow")):
        said.append("allows more than before")
    if any(not _covered(one, _of(new, "Deny")) for one in _of(old, "Deny")):
        said.append("denies less than before")
    return said


def broad(document: object) -> list[str]:
    """Say whether a policy that is made anew allows everything, or everybody."""
    allowed = _of(_statements(document) or [], "Allow")
    said = []
    if any(re.fullmatch(r"\*|[\w-]+:\*", action) for one in allowed for action in _texts(one.get("Action"))):
        said.append("allows every action")
    if any("*" in _principals(one.get("Principal")) and not one.get("Condition") for one in allowed):
        said.append("allows everybody")
    return said + (["allows all but what it names"] if any(one.get("NotAction") for one in allowed) else [])


def _statements(document: object) -> list[Statement] | None:
    """The statements of a document; None where it can't be read, for example because it is not known yet."""
    if document is None:
        return []
    try:
        parsed = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return None
    statements = parsed.get("Statement") if isinstance(parsed, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list):
        return None
    found: list[Statement] = [one for one in statements if isinstance(one, dict)]
    return found if len(found) == len(statements) else None


def _of(statements: Iterable[Statement], effect: str) -> list[Statement]:
    return [one for one in statements if one.get("Effect") == effect]


def _covered(narrow: Statement, wides: Iterable[Statement]) -> bool:
    return any(_covers(wide, narrow) for wide in wides)


def _covers(wide: Statement, narrow: Statement) -> bool:
    """Whether every request that the narrow statement meets is met by the wide one too; no where that is not plain."""
    if any(wide.get(name) != narrow.get(name) for name in _NAMED_BY_EXCEPTION):
        return False
    return (
        _all_in(_lowered(narrow.get("Action")), _lowered(wide.get("Action")))
        and _all_in(_texts(narrow.get("Resource")), _texts(wide.get("Resource")))
        and _all_in(_principals(narrow.get("Principal")), _principals(wide.get("Principal")))
        and _conditions_cover(wide.get("Condition") or {}, narrow.get("Condition") or {})
    )


def _conditions_cover(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    for operator, keys in wide.items():
        for key, values in keys.items():
            held = narrow.get(operator, {}).get(key)
            few, many = set(_texts(held)), set(_texts(values))
            if held is None or (few != many and not (operator in _GROWING and few <= many)):
                return False
    return True


def _all_in(narrow: Iterable[str], wide: Iterable[str]) -> bool:
    return all(any(_matches(one, pattern) for pattern in wide) for one in narrow)


def _matches(text: str, pattern: str) -> bool:
    """Whether a pattern of IAM takes in a text, or all that another pattern does."""
    parts = [{"*": ".*", "?": "[^*]"}.get(letter) or re.escape(letter) for letter in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _principals(value: object) -> list[str]:
    """Who is meant, with its kind; `*` for everybody, however it is written."""
    if isinstance(value, dict):
        found = [f"{kind}:{who}" for kind, names in value.items() for who in _texts(names)]
        return ["*" if one == "AWS:*" else one for one in found]
    return _texts(value)


def _lowered(value: object) -> list[str]:
    return [text.lower() for text in _texts(value)]


def _texts(value: object) -> list[str]:
    """A value that IAM takes alone or as a list."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
