"""Rules inside the API server itself: data can't be taken away by anybody, with whatever tool, by mistake.

Settings and preview guard what Pulumi does. These hold for `kubectl` and for every controller too, and because a
preview asks the API server for a dry run, it shows their refusals before anything is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, ResourceOptions
from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

from components.foundation.labels import PART_OF
from components.foundation.manifests import FORCED, manifest
from components.settings.platform_name import PlatformName

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection

NODES = "nodes.ballast/"
"""Annotations of a namespace: how many nodes a pool of a store has, by the pool's key in the stack file. They say what
is there now: a drain lowers them, and nobody else may."""

RELEASE = "ballast/release"
"""Annotation by which a person gives up a claim or a namespace for good; its value repeats the object's name."""

OWNER = "ballast/owner"
"""Annotation of a namespace: the project and the stack that declare it."""

DRAIN_ACCOUNT = "drain"
"""The service account of a drain is called `<namespace>-drain`, in the namespace of its store."""

_BY_DRAIN = (
    "request.userInfo.username == 'system:serviceaccount:' + variables.space + ':' + variables.space + "
    f"'-{DRAIN_ACCOUNT}'"
)


@dataclass(frozen=True, kw_only=True)
class DataGuardsArgs:
    """How the guards themselves are kept."""

    protection: DataProtection


class DataGuards(ComponentResource):
    """Four admission policies: nodes leave by a drain, twice; claims and namespaces stay, and so do their owners."""

    def __init__(self, name: str, args: DataGuardsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:foundation:DataGuards", name, None, opts)
        # Kept like the data itself: after a teardown that keeps data nothing else would stand before it.
        self._child = args.protection.retain(ResourceOptions(parent=self))
        self._policy(
            "ballast-pools-shrink-by-drain",
            _rule("", "namespaces", "UPDATE"),
            variables={
                "space": "object.metadata.name",
                "lower": f"""has(oldObject.metadata.annotations)
                    ? oldObject.metadata.annotations.filter(key, key.startsWith('{NODES}')
                        && oldObject.metadata.annotations[key] != '0'
                        && !(has(object.metadata.annotations) && key in object.metadata.annotations
                            && int(object.metadata.annotations[key]) >= int(oldObject.metadata.annotations[key])))
                    : []""",
            },
            expression=f"size(variables.lower) == 0 || {_BY_DRAIN}",
            message=f"""'ballast:' + variables.lower[0].substring({len(NODES)}) + ' would leave '
                + (has(object.metadata.annotations) && variables.lower[0] in object.metadata.annotations
                    ? object.metadata.annotations[variables.lower[0]] : 'none')
                + ' of ' + oldObject.metadata.annotations[variables.lower[0]] + ' nodes, and shards would go with the '
                + 'ones taken away. Nothing was changed. Move them first: ./ballast drain STACK '
                + variables.lower[0].substring({len(NODES)}).split('.')[0]""",
        )
        self._policy(
            "ballast-nodes-leave-by-drain",
            _rule("apps", "statefulsets", "UPDATE", "statefulsets/scale"),
            variables={
                "space": "request.namespace",
                "before": "has(oldObject.spec.replicas) ? oldObject.spec.replicas : 0",
                "after": "has(object.spec.replicas) ? object.spec.replicas : 0",
            },
            expression=f"variables.after >= variables.before || {_BY_DRAIN}",
            message="""request.name + ' would keep ' + string(variables.after) + ' of ' + string(variables.before)
                + ' nodes, and shards would go with the ones taken away. Move them first: ./ballast drain'""",
        )
        self._policy(
            "ballast-data-stays",
            _rule("", "namespaces", "DELETE", "persistentvolumeclaims"),
            variables={},
            expression=f"""has(oldObject.metadata.annotations) && '{RELEASE}' in oldObject.metadata.annotations
                && oldObject.metadata.annotations['{RELEASE}'] == oldObject.metadata.name""",
            message=f"""request.name + ' holds data and stays. To give it up for good: kubectl annotate '
                + request.resource.resource + ' ' + request.name + ' {RELEASE}=' + request.name""",
        )
        # Judged by what the namespace is to become, so that one of somebody else that gets our label is judged too.
        self._policy(
            "ballast-owner-stays",
            _rule("", "namespaces", "UPDATE"),
            variables={
                "before": _annotation("oldObject", OWNER),
                "after": _annotation("object", OWNER),
                "released": _annotation("oldObject", RELEASE),
            },
            expression="variables.before == variables.after || variables.released == request.name",
            message=f"""'the namespace ' + request.name + ' belongs to '
                + (variables.before == '' ? 'no stack' : 'the stack ' + variables.before)
                + (variables.after == '' ? ', and would belong to none' : ', and ' + variables.after
                    + ' would take it over')
                + '. Nothing was changed. Whoever it belongs to gives it up by: kubectl annotate namespace '
                + request.name + ' {RELEASE}=' + request.name""",
        )
        self.register_outputs({})

    def _policy(
        self, name: str, rules: list[dict[str, Any]], *, variables: dict[str, str], expression: str, message: str
    ) -> None:
        policy = ValidatingAdmissionPolicy(
            name,
            metadata={"name": str(PlatformName(name)), "annotations": FORCED},
            spec=manifest(
                {
                    "failurePolicy": "Fail",
                    "matchConstraints": {
                        "namespaceSelector": {"matchLabels": {"app.kubernetes.io/part-of": str(PART_OF)}},
                        "resourceRules": rules,
                    },
                    "variables": [
                        {"name": variable, "expression": _line(text)} for variable, text in variables.items()
                    ],
                    "validations": [
                        # Never "Forbidden": Pulumi takes that for a lack of rights to ask, and previews without asking.
                        {"expression": _line(expression), "messageExpression": _line(message), "reason": "Invalid"}
                    ],
                }
            ),
            opts=self._child,
        )
        ValidatingAdmissionPolicyBinding(
            name,
            metadata={"name": str(PlatformName(name)), "annotations": FORCED},
            spec=manifest({"policyName": policy.metadata.name, "validationActions": ["Deny"]}),
            opts=self._child,
        )


def _rule(group: str, resource: str, operation: str, *more: str) -> list[dict[str, Any]]:
    return [
        {
            "apiGroups": [group],
            "apiVersions": ["v1"],
            "operations": [operation],
            "resources": [resource, *more],
        }
    ]


def _annotation(state: str, key: str) -> str:
    """Return the value of an annotation, empty where there is none."""
    annotations = f"{state}.metadata.annotations"
    return f"has({annotations}) && '{key}' in {annotations} ? {annotations}['{key}'] : ''"


def _line(expression: str) -> str:
    return " ".join(expression.split())
