"""Judges a request by policies as IAM does, for exactly the operators that ours use; any other is an error.

moto evaluates no conditions, and AWS can't be asked here. The rules: AWS, "Policy evaluation logic" and "IAM JSON
policy elements: Condition". A negated operator holds where its key is absent; `Null` asks whether it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Request:
    """What somebody asks for.

    Attributes:
        action: such as `s3:GetObject`.
        resource: ARN of what it is asked of.
        principal: ARN or name of who asks, by kind, as in a statement.
        context: values of condition keys.
    """

    action: str
    resource: str
    principal: tuple[str, str] | None = None
    context: Mapping[str, str] = field(default_factory=dict)


def allowed(request: Request, *documents: Mapping[str, Any]) -> bool:
    """Return whether some statement allows it and none denies it."""
    effects = {one["Effect"] for document in documents for one in document["Statement"] if _matches(one, request)}
    return effects == {"Allow"}


def denied(request: Request, *documents: Mapping[str, Any]) -> set[str]:
    """Return the names of the statements that deny it."""
    statements = (one for document in documents for one in document["Statement"])
    return {one["Sid"] for one in statements if one["Effect"] == "Deny" and _matches(one, request)}


def _matches(statement: Mapping[str, Any], request: Request) -> bool:
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    assert statement.keys() <= known, f"the evaluator does not know {statement.keys() - known}"
    return (
        _any_like(statement["Action"], request.action)
        # A trust stands on its role and names none.
        and _any_like(statement.get("Resource", ["*"]), request.resource)
        and _is_principal(statement.get("Principal"), request.principal)
        and all(
            _holds(operator, key, values, request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _is_principal(wanted: str | Mapping[str, str] | None, given: tuple[str, str] | None) -> bool:
    if wanted is None or wanted == "*":
        return True
    assert isinstance(wanted, dict)
    return given is not None and given in wanted.items()


def _holds(operator: str, key: str, values: str | list[str], context: Mapping[str, str]) -> bool:
    wanted, given = [values] if isinstance(values, str) else values, context.get(key)
    match operator:
        case "StringEquals" | "Bool":
            return given in wanted
        case "StringNotEquals":
            return given not in wanted
        case "ArnEquals":
            return given is not None and _any_like(wanted, given)
        case "ArnNotEquals":
            return given is None or not _any_like(wanted, given)
        case "StringLike":
            return given is not None and _any_like(wanted, given)
        case "Null":
            return wanted == ["true" if given is None else "false"]
    raise AssertionError(f"the evaluator does not know the operator {operator}")


def _any_like(patterns: Iterable[str], text: str) -> bool:
    return any(re.fullmatch(re.escape(one).replace(r"\*", ".*").replace(r"\?", "."), text) for one in patterns)
