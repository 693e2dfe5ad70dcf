"""Judges requests against policies of IAM, for the operators that the program uses and no others."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

EVERYBODY = "*"


@dataclass(frozen=True, kw_only=True)
class Request:
    action: str
    resource: str = ""
    principal: str = ""
    context: dict[str, str] = field(default_factory=dict)


def allowed(request: Request, *documents: dict[str, Any]) -> bool:
    """Whether some statement allows it and none denies it."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if _applies(statement, request)
    }
    return effects == {"Allow"}


def _applies(statement: dict[str, Any], request: Request) -> bool:
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    assert statement.keys() <= known, f"this evaluator doesn't know {sorted(statement.keys() - known)}"
    return (
        any(fnmatchcase(request.action.lower(), one.lower()) for one in _list(statement["Action"]))
        and any(fnmatchcase(request.resource, one) for one in _list(statement.get("Resource", "*")))
        and _is_meant(statement.get("Principal", EVERYBODY), request.principal)
        and all(
            _holds(operator, request.context.get(name), _list(values))
            for operator, keys in statement.get("Condition", {}).items()
            for name, values in keys.items()
        )
    )


def _is_meant(principal: Any, who: str) -> bool:
    if principal == EVERYBODY:
        return True
    (kind, names), *others = principal.items()
    assert not others, "one kind of principal in a statement"
    assert kind in ("AWS", "Federated"), f"this evaluator doesn't know principals of {kind}"
    return who in _list(names)


def _holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    """A key that the request doesn't have is no match, and differs from everything, as IAM has it."""
    if operator in ("StringEquals", "Bool"):
        return value in wanted
    if operator == "ArnNotEquals":
        assert not any(star in one for one in wanted for star in "*?"), "wildcards are not known here"
        return value not in wanted
    raise AssertionError(f"this evaluator doesn't know {operator}")


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
