"""A cluster that lacks something: `doctor` says what, what would go wrong and what to do, and changes nothing."""

from __future__ import annotations

import contextlib
import json

import pytest

from ops.__main__ import main
from ops.doctor.definitions import check_certificates, check_definitions, check_operator_definitions
from ops.doctor.finding import Verdict
from ops.doctor.kubelets import check_kubelets
from ops.doctor.names import check_names
from ops.doctor.network_plugin import check_network_plugin
from ops.doctor.rights import check_rights
from tests.engine.conftest import named
from toolchain.toolbox import require

pytestmark = pytest.mark.engine


def everything(cluster):
    """Return the versions of all objects that a check could have changed; events and leases change by themselves."""
    kinds = "namespaces,nodes,storageclasses,clusterroles,crd,configmaps,secrets,serviceaccounts,daemonsets"
    answer = cluster.kubectl("get", kinds, "--all-namespaces", "-o", "json").stdout
    # kubelets report in: their nodes change by themselves.
    return {
        (one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]): one["metadata"]["uid"]
        if one["kind"] == "Node"
        else one["metadata"]["resourceVersion"]
        for one in json.loads(answer)["items"]
    }


@pytest.mark.usefixtures("project")
def test_a_bare_cluster_that_has_all_is_told_line_by_line_and_left_as_it_was(local_cluster, capsys):
    before = everything(local_cluster)
    with contextlib.suppress(SystemExit):
        main(["doctor", "dev"])
    lines = capsys.readouterr().out.splitlines()
    assert everything(local_cluster) == before
    assert {line[:9].strip() for line in lines[:-1]} <= set(Verdict)
    assert [line for line in lines if line.startswith("wrong") and "registry" not in line] == []
    assert "Nothing was changed." in lines[-1]
    # No kubelet, no cloud and no network plugin is behind the simulated nodes, and that is said.
    for what in ("the cloud's quota of volumes", "kubelet limits", "network plugin"):
        assert [line for line in lines if line.startswith(f"unknown  {what}: ")], what


def test_whoever_lacks_rights_is_told_which_and_where(found, there, local_cluster, tmp_path):
    assert found(check_rights)[Verdict.WRONG] == []
    subject = {"kind": "User", "name": "deployer", "apiGroup": "rbac.authorization.k8s.io"}
    reference = {"kind": "ClusterRole", "name": "edit", "apiGroup": "rbac.authorization.k8s.io"}
    there(
        named(
            "rbac.authorization.k8s.io/v1",
            "ClusterRoleBinding",
            "deployer-edits",
            roleRef=reference,
            subjects=[subject],
        )
    )
    deployer = tmp_path / "deployer"
    kubeconfig = json.loads(local_cluster.kubeconfig.read_text())
    for entry in kubeconfig["users"]:
        entry["user"]["as"] = "deployer"
    deployer.write_text(json.dumps(kubeconfig))
    with_edit = "\n".join(found_rights(deployer, found))
    assert "rights outside of namespaces: " in with_edit
    assert "create namespaces" in with_edit
    assert "rights in namespace opensearch: " in with_edit
    assert "create roles.rbac.authorization.k8s.io" in with_edit
    assert "statefulsets" not in with_edit, "edit allows them"


def found_rights(kubeconfig, found):
    """Return all that is refused, whole: a line names a few only."""
    from ops.doctor import rights

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rights, "_NAMED", 10_000)
        return found(check_rights, kubeconfig)[Verdict.WRONG]


@pytest.mark.parametrize(("owner", "said"), [("ballast/other", "the stack ballast/other's"), (None, "nobody's")])
def test_a_namespace_of_somebody_else_is_named_with_its_owner(found, there, owner, said):
    assert found(check_names)[Verdict.WRONG] == []
    taken = named("v1", "Namespace", "qdrant")
    taken["metadata"]["annotations"] = {"ballast/owner": owner} if owner else {}
    there(taken)
    (line,) = found(check_names)[Verdict.WRONG]
    assert f"namespace qdrant: is there and is {said}" in line


def test_a_cluster_role_of_that_name_is_taken_unless_the_stack_stands_already(found, there):
    there(named("rbac.authorization.k8s.io/v1", "ClusterRole", "ballast-prometheus", rules=[]))
    (line,) = found(check_names)[Verdict.WRONG]
    assert "ClusterRole ballast-prometheus: is there before this stack" in line
    own = named("v1", "Namespace", "opensearch")
    own["metadata"]["annotations"] = {"ballast/owner": "ballast/dev"}
    there(own)
    assert found(check_names)[Verdict.WRONG] == []


@pytest.mark.parametrize(
    ("name", "arguments", "verdict", "said"),
    [
        ("kube-flannel-ds", [], Verdict.WRONG, "every pod could reach every store"),
        ("aws-node", [], Verdict.WRONG, "enableNetworkPolicy"),
        ("aws-node", ["--enable-network-policy=true"], Verdict.GOOD, "Amazon VPC CNI"),
        ("cilium", [], Verdict.GOOD, "Cilium, which enforces network policies"),
    ],
)
def test_a_network_plugin_tells_whether_a_default_deny_is_enforced(found, there, name, arguments, verdict, said):
    assert found(check_network_plugin)[Verdict.UNKNOWN]
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "a", "args": arguments}]}}
    there(
        named("apps/v1", "DaemonSet", name, "kube-system", spec={"selector": {"matchLabels": labels}, "template": pod})
    )
    (line,) = found(check_network_plugin)[verdict]
    assert said in line


def test_definitions_that_are_missing_or_old_are_named_with_where_they_come_from(found, local_cluster):
    assert found(check_definitions)[Verdict.WRONG] == found(check_operator_definitions)[Verdict.WRONG] == []
    monitors, key = "podmonitors.monitoring.coreos.com", "operator.prometheus.io/version"
    local_cluster.kubectl("annotate", "crd", monitors, f"{key}=0.70.0", "--overwrite")
    try:
        (line,) = found(check_operator_definitions)[Verdict.WRONG]
        assert "podmonitors.monitoring.coreos.com (0.70.0) older than the operator 0.85.0" in line
        local_cluster.kubectl("delete", "crd", monitors, "issuers.cert-manager.io")
        certificates, monitoring = found(check_definitions)[Verdict.WRONG]
        assert "API cert-manager.io/v1: Issuer not served" in certificates
        assert "Install cert-manager first" in certificates
        assert "API monitoring.coreos.com/v1: PodMonitor not served" in monitoring
    finally:
        for folder in sorted(require("crds").iterdir()):
            local_cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(folder))
        local_cluster.kubectl("wait", "crd", "--all", "--for=condition=Established", "--timeout=30s")


def test_a_cert_manager_without_pods_issues_nothing(found, there):
    assert found(check_certificates)[Verdict.UNKNOWN]
    labels = {"app.kubernetes.io/name": "cert-manager"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "cert-manager:v1"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": pod}
    manager = named("apps/v1", "Deployment", "cert-manager", "default", spec=spec)
    manager["metadata"]["labels"] = labels
    there(manager)
    (line,) = found(check_certificates)[Verdict.WRONG]
    assert "no available pod" in line


def test_kubelets_that_can_not_be_asked_are_told_in_one_line(found):
    (line,) = found(check_kubelets)[Verdict.UNKNOWN]
    assert "the kubelets of node-1, node-2, node-3 can't be asked" in line
