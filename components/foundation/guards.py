"""Rules inside the API server itself: data can't be taken away by anybody, with whatever tool, by mistake.

Settings and preview guard what Pulumi does. These hold for `kubectl` and for every controller too, and because a
preview asks the API server for a dry run, it shows their refusals before anything is touched.

They judge what was there before, and every way to write it: a patch of `status` carries labels and annotations too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, ResourceOptions

from components.foundation.access import RELEASERS, releasing
from components.foundation.admission import LABEL, admission_policy, differing, held, value
from components.foundation.labels import PART_OF
from components.settings.environment import OWNER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import Output

    from components.foundation.data_protection import DataProtection

NODES = "nodes.ballast/"
"""Annotations of a namespace: how many nodes a StatefulSet of a store has, by its name. They say what is there now: a
drain lowers them, and nobody else may."""

RELEASE = "ballast/release"
"""Annotation by which a person gives up a claim or a namespace for good; its value repeats the object's name."""

DRAIN_ACCOUNT = "drain"
"""The service account of a drain is called `<namespace>-drain`, in the namespace of its store."""


_BY_DRAIN = (
    "request.userInfo.username == 'system:serviceaccount:' + variables.space + ':' + variables.space + "
    f"'-{DRAIN_ACCOUNT}'"
)

_MAY_DELETE = """authorizer.group('').resource(request.resource.resource).namespace(request.namespace)
    .name(object.metadata.name).check('delete').allowed()"""

_FENCE = (
    f"(key == '{LABEL}' || key.startsWith('pod-security.kubernetes.io/') || "
    f"(key.startsWith('ballast/') && key != '{RELEASE}'))"
)
"""Labels and annotations of a namespace that guards and Pod Security hang on; numbers of nodes have their own rule."""

_SHARDS_GO = (
    "and shards would go with the ones taken away. Nothing was changed. Move them first: ./ballast drain STACK "
)
_GIVE_UP = f"To give it up for good one of the group {RELEASERS} writes: kubectl annotate "


@dataclass(frozen=True, kw_only=True)
class DataGuardsArgs:
    """What is guarded, and how the guards themselves are kept.

    Attributes:
        protection: how data-bearing children are kept.
        namespaces: their names in the cluster, by their bare ones.
    """

    protection: DataProtection
    namespaces: Mapping[str, Output[str]]


class DataGuards(ComponentResource):
    """Four admission policies: nodes leave by a drain, namespaces stay fenced, data stays, a second person releases.

    That person's rights stand beside them.
    """

    def __init__(self, name: str, args: DataGuardsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:foundation:DataGuards", name, None, opts)
        # Kept like the data itself: after a teardown that keeps data nothing else would stand before it.
        child = args.protection.retain(ResourceOptions(parent=self))
        _nodes_leave_by_drain(child)
        _namespaces_stay_fenced(child)
        _data_stays(child)
        _second_person_releases(child)
        releasing(args.namespaces, child)
        self.register_outputs({})


def _nodes_leave_by_drain(child: ResourceOptions) -> None:
    """Judge only what has a recorded count: an operator may lower its own sets, which are no stores."""
    admission_policy(
        "ballast-nodes-leave-by-drain",
        {"apps": ["statefulsets", "statefulsets/scale"]},
        ["CREATE", "UPDATE"],
        [
            (
                f"variables.after >= variables.before || {_BY_DRAIN}",
                f"""object.metadata.name + ' would have ' + string(variables.after) + ' of '
                + string(variables.before) + ' nodes, {_SHARDS_GO}' + object.metadata.name.split('-')[0]""",
            ),
            (
                "!variables.recorded || variables.first == 0",
                """object.metadata.name + ' would begin at pod ' + string(variables.first)
                + ', and the nodes before it would go with their shards. Nothing was changed. Leave out spec.ordinals'
                """,
            ),
        ],
        child,
        variables={
            "space": "request.namespace",
            "counts": held("namespaceObject", "annotations"),
            "recorded": f"'{NODES}' + object.metadata.name in variables.counts",
            # One that is made anew is measured by what was recorded of the one before it.
            "before": f"""!variables.recorded ? 0 : request.operation == 'CREATE'
                ? int(variables.counts['{NODES}' + object.metadata.name])
                : has(oldObject.spec.replicas) ? oldObject.spec.replicas : 0""",
            "after": "has(object.spec.replicas) ? object.spec.replicas : 0",
            "first": """has(object.spec.ordinals) && has(object.spec.ordinals.start)
                ? object.spec.ordinals.start : 0""",
        },
    )


def _namespaces_stay_fenced(child: ResourceOptions) -> None:
    before, after, key = "variables.oldAnnotations", "variables.annotations", "variables.lower[0]"
    ours_before, ours_after = (f"{value(state, LABEL, 'labels')} == '{PART_OF}'" for state in ("oldObject", "object"))
    release = f"' + object.metadata.name + ' {RELEASE}=' + object.metadata.name"
    admission_policy(
        "ballast-namespaces-stay-fenced",
        {"": ["namespaces", "namespaces/*"]},
        ["UPDATE"],
        [
            (
                f"size(variables.lower) == 0 || {_BY_DRAIN}",
                f"""'ballast:' + variables.set.split('-')[0] + ': StatefulSet ' + variables.set + ' would have '
                + ({key} in {after} ? {after}[{key}] : 'none') + ' of ' + {before}[{key}] + ' nodes, {_SHARDS_GO}'
                + variables.set.split('-')[0]""",
            ),
            # Its account lies in the namespace itself, where people may act as it.
            (
                f"!({_BY_DRAIN}) || size(variables.others) == 0",
                """'a drain writes on the namespace ' + object.metadata.name + ' how many nodes are left, and not '
                + variables.others[0] + '. Nothing was changed.'""",
            ),
            (
                f"size(variables.fence) == 0 || {_MAY_DELETE}",
                """request.userInfo.username + ' may not delete the namespace ' + object.metadata.name
                + ', and so may not change ' + variables.fence[0] + ' of it either. Nothing was changed.'""",
            ),
            (
                f"variables.released || !({ours_before}) || {ours_after}",
                f"""'the namespace ' + object.metadata.name + ' would lose the label {LABEL}, and with it the guards '
                + 'of its data. Nothing was changed. {_GIVE_UP}namespace {release}""",
            ),
            (
                "variables.owner == variables.heir || variables.released",
                f"""'the namespace ' + object.metadata.name + ' belongs to '
                + (variables.owner == '' ? 'no stack' : 'the stack ' + variables.owner)
                + (variables.heir == '' ? ', and would belong to none' : ', and ' + variables.heir
                    + ' would take it over') + '. Nothing was changed. {_GIVE_UP}namespace {release}""",
            ),
        ],
        child,
        # By what it was, so that a label taken off takes no guard along, and by what it is to become, so that a
        # namespace of somebody else that gets our label is judged too.
        only=f"({ours_before}) || ({ours_after})",
        variables={
            "space": "object.metadata.name",
            "oldLabels": held("oldObject", "labels"),
            "labels": held("object", "labels"),
            "oldAnnotations": held("oldObject", "annotations"),
            "annotations": held("object", "annotations"),
            "lower": f"""{before}.filter(key, key.startsWith('{NODES}') && {before}[key] != '0'
                && !(key in {after} && int({after}[key]) >= int({before}[key])))""",
            "set": f"variables.lower[0].substring({len(NODES)})",
            "fence": differing("variables.oldLabels", "variables.labels", _FENCE)
            + " + "
            + differing(before, after, _FENCE),
            "others": differing("variables.oldLabels", "variables.labels", "true")
            + " + "
            + differing(before, after, f"!key.startsWith('{NODES}')")
            + "".join(
                f" + ({held('oldObject', field, '[]')} == {held('object', field, '[]')} ? [] : ['{field}'])"
                for field in ("finalizers", "ownerReferences")
            ),
            "released": f"{value('oldObject', RELEASE)} == object.metadata.name",
            "owner": value("oldObject", OWNER),
            "heir": value("object", OWNER),
        },
    )


def _data_stays(child: ResourceOptions) -> None:
    admission_policy(
        "ballast-data-stays",
        {"": ["namespaces", "persistentvolumeclaims"]},
        ["DELETE"],
        [
            (
                f"variables.whole || {value('oldObject', RELEASE)} == oldObject.metadata.name",
                f"""oldObject.metadata.name + ' holds data and stays. {_GIVE_UP}' + request.resource.resource + ' '
                + oldObject.metadata.name + ' {RELEASE}=' + oldObject.metadata.name
                + (request.resource.resource == 'namespaces'
                    ? '. Every claim in it goes with it then' : ' --namespace ' + request.namespace)
                + '; the volumes stay, released, until somebody deletes them.'""",
            )
        ],
        child,
        # A namespace that was released takes its claims along: guarded still, they would let it end for ever.
        variables={
            "whole": f"""request.resource.resource == 'persistentvolumeclaims'
                && has(namespaceObject.metadata.deletionTimestamp)
                && {value("namespaceObject", RELEASE)} == request.namespace""",
        },
    )


def _second_person_releases(child: ResourceOptions) -> None:
    admission_policy(
        "ballast-second-person-releases",
        {"": ["namespaces", "namespaces/*", "persistentvolumeclaims", "persistentvolumeclaims/*"]},
        ["CREATE", "UPDATE"],
        [
            (
                "!variables.written || variables.after == object.metadata.name",
                f"""'{RELEASE} says ' + variables.after + ' on ' + object.metadata.name
                + ', which gives up nothing. Nothing was changed. Write the name of what is to go.'""",
            ),
            (
                f"!variables.written || !({_MAY_DELETE})",
                f"""request.userInfo.username + ' may delete ' + object.metadata.name
                + ', so somebody else has to give it up. Nothing was changed. One of the group {RELEASERS} writes '
                + 'the same, or whoever may act as one: kubectl --as NAME --as-group {RELEASERS}'""",
            ),
        ],
        child,
        variables={
            "before": f"request.operation == 'CREATE' ? '' : {value('oldObject', RELEASE)}",
            "after": value("object", RELEASE),
            "written": "variables.after != '' && variables.after != variables.before",
        },
    )
