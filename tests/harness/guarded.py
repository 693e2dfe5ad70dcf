"""A namespace of a store on a real API server, with the guards of its data and nothing of an engine."""

from __future__ import annotations

import copy
import json
import time

from tests.harness.declare import real_stack

NAMESPACE = "qdrant"
POLICIES = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}


def declared():
    """Policies, namespace, nodes, a drain's rights and the releasers' as prod declares them, and somebody's `edit`."""
    kinds = ("ServiceAccount", "Role", "RoleBinding", "StatefulSet")
    stack = real_stack("prod")
    found = [stack.one("Namespace", NAMESPACE)]
    found += [r for r in stack.of_kind(*kinds) if r.namespace == NAMESPACE]
    bound = {r.inputs["roleRef"]["name"] for r in found if r.kind == "RoleBinding"}
    found += [r for r in stack.of_kind("ClusterRole") if r.object_name in bound]
    edit = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "somebody", "namespace": NAMESPACE},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "somebody"}],
    }
    guards = [manifest(r) for r in stack.of_kind(*POLICIES)]
    return [manifest(resource) for resource in found] + [edit], guards


def manifest(resource):
    group = resource.type.removeprefix("kubernetes:").partition(":")[0]
    return {**copy.deepcopy(resource.inputs), "apiVersion": group.removeprefix("core/"), "kind": resource.kind}


class Guarded:
    """The namespace of Qdrant with three nodes and the guards."""

    def __init__(self, cluster):
        self.cluster = cluster
        objects, guards = declared()
        (self.nodes,) = [one for one in objects if one["kind"] == "StatefulSet"]
        self.apply(*objects, claim("kept"))
        self.apply(*guards)

    def kubectl(self, *words, who=(), check=False, **more):
        return self.cluster.kubectl(*words, *who, check=check, **more)

    def apply(self, *objects, who=()):
        items = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", who=who, stdin=items, check=True)

    def get(self, *words):
        return json.loads(self.kubectl("get", *words, "-n", NAMESPACE, "-o", "json", check=True).stdout)

    def state(self):
        """What no bypass may change."""
        namespace, nodes, kept = self.get(f"namespace/{NAMESPACE}", "statefulset/qdrant", "pvc/kept")["items"]
        fields = ("labels", "annotations", "finalizers", "deletionTimestamp")
        held = [namespace["metadata"].get(field) for field in fields]
        # Its other annotations are those of whoever binds and schedules.
        released = (kept["metadata"].get("annotations") or {}).get("ballast/release")
        alive = (released, kept["metadata"].get("deletionTimestamp"))
        return [*held, nodes["metadata"]["uid"], nodes["spec"]["replicas"], nodes["spec"].get("ordinals"), *alive]

    def wait_until(self, refuse):
        """The API server goes by policies a moment after they were made, by the last as by all before it."""
        for _ in range(300):
            if refuse():
                self.untouched = self.state()
                return
            time.sleep(0.1)
        raise AssertionError("nothing is refused after 30 s")

    def remove(self):
        self.kubectl("delete", ",".join(sorted(kind.lower() for kind in POLICIES)), "--all", check=True)
        for _ in range(100):
            if not self.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=60s").returncode:
                return
            time.sleep(0.1)
        raise AssertionError("the namespace stays")


def claim(name):
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
