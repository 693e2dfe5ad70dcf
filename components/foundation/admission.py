"""A rule inside the API server, written in CEL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

from components.foundation.labels import PART_OF
from components.foundation.manifests import FORCED, manifest
from components.settings.platform_name import PlatformName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi import ResourceOptions

LABEL = "app.kubernetes.io/part-of"
"""Namespaces that carry it are part of the platform."""

Validation = tuple[str, str]
"""What must be true, and the message where it isn't; both are expressions."""


def admission_policy(
    name: str,
    resources: Mapping[str, Sequence[str]],
    operations: Sequence[str],
    validations: Sequence[Validation],
    child: ResourceOptions,
    *,
    variables: Mapping[str, str],
    only: str = "",
) -> None:
    """Declare a policy that refuses what breaks one of its rules, and bind it.

    Args:
        name: of the policy and its binding, before the platform's prefix.
        resources: what it judges, by API group.
        operations: which requests.
        validations: its rules.
        child: options of both.
        variables: expressions by name, for which rules and messages ask as `variables.<name>`.
        only: expression that says which requests it judges; without one, those in namespaces that are part of us, and
            to such a Namespace as it is to become.
    """
    policy = ValidatingAdmissionPolicy(
        name,
        metadata={"name": str(PlatformName(name)), "annotations": FORCED},
        spec=manifest(
            {
                "failurePolicy": "Fail",
                "matchConstraints": _constraints(resources, operations, anywhere=bool(only)),
                **({"matchConditions": [{"name": "only", "expression": _line(only)}]} if only else {}),
                "variables": [{"name": variable, "expression": _line(text)} for variable, text in variables.items()],
                "validations": [
                    # Never "Forbidden": Pulumi takes that for a lack of rights to ask, and previews without asking.
                    {"expression": _line(expression), "messageExpression": _line(message), "reason": "Invalid"}
                    for expression, message in validations
                ],
            }
        ),
        opts=child,
    )
    ValidatingAdmissionPolicyBinding(
        name,
        metadata={"name": str(PlatformName(name)), "annotations": FORCED},
        spec=manifest({"policyName": policy.metadata.name, "validationActions": ["Deny"]}),
        opts=child,
    )


def held(state: str, field: str, nothing: str = "{}") -> str:
    """Return the expression for labels, annotations or another field of the metadata, with what it is where none is."""
    return f"(has({state}.metadata.{field}) ? {state}.metadata.{field} : {nothing})"


def value(state: str, key: str, field: str = "annotations") -> str:
    """Return the expression for an annotation or a label, an empty text where there is none."""
    found = f"{state}.metadata.{field}"
    return f"(has({found}) && '{key}' in {found} ? {found}['{key}'] : '')"


def differing(before: str, after: str, condition: str) -> str:
    """Return the expression for the keys of two maps that a condition names and whose values are not the same."""
    return (
        f"({before}.filter(key, {condition} && !(key in {after} && {after}[key] == {before}[key])) + "
        f"{after}.filter(key, {condition} && !(key in {before})))"
    )


def _constraints(
    resources: Mapping[str, Sequence[str]], operations: Sequence[str], *, anywhere: bool
) -> dict[str, Any]:
    rules = [
        {"apiGroups": [group], "apiVersions": ["v1"], "operations": list(operations), "resources": list(names)}
        for group, names in resources.items()
    ]
    selector = {} if anywhere else {"namespaceSelector": {"matchLabels": {LABEL: str(PART_OF)}}}
    return {**selector, "resourceRules": rules}


def _line(expression: str) -> str:
    return " ".join(expression.split())
