"""Whether everything that is declared has an API: Kubernetes' own, and definitions (CRDs) that others install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.versions import is_older
from ops.doctor.finding import good, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

CERTIFICATES, MONITORING, POLICIES = "cert-manager.io", "monitoring.coreos.com", "admissionregistration.k8s.io"
_REMEDY = {
    CERTIFICATES: "Install cert-manager first: https://cert-manager.io/docs/installation",
    MONITORING: "Install the definitions of the Prometheus Operator first (not the operator): "
    "https://github.com/prometheus-operator/prometheus-operator/releases",
    POLICIES: "Kubernetes 1.30 and later serves them; ask whoever runs it to take --runtime-config off",
}
_OPERATOR_VERSION = r"{.metadata.annotations.operator\.prometheus\.io/version}"


def check_definitions(context: DoctorContext) -> Iterator[Finding]:
    """Look for every declared kind among what the API server serves."""
    for version, served in context.served.items():
        kinds = {one.kind for one in context.declared if one.version == version}
        group = version.rpartition("/")[0]
        what = "admission policies" if group == POLICIES else f"API {version}"
        if missing := sorted(kinds - served.keys()):
            problem = f"{', '.join(missing)} not served, and `up` would end with `no matches for kind`"
            yield wrong(what, problem, _REMEDY.get(group, "Upgrade Kubernetes"))
        elif group in _REMEDY:
            yield good(what, f"{', '.join(sorted(kinds))} served")


def check_operator_definitions(context: DoctorContext) -> Iterator[Finding]:
    """Compare the version of the operator's definitions with that of the operator which is declared."""
    what, version = "definitions of the Prometheus Operator", f"{MONITORING}/v1"
    plurals = context.served.get(version, {})
    names = sorted(f"{plurals[one.kind]}.{MONITORING}" for one in context.declared if one.kind in plurals)
    if not names or context.settings.prometheus_operator is None:
        return
    wanted = context.settings.prometheus_operator.version
    older = []
    for name in dict.fromkeys(names):
        found = context.cluster.ask("get", "customresourcedefinition", name, f"--output=jsonpath={_OPERATOR_VERSION}")
        if not found:
            yield unknown(what, f"{name} does not say its version", f"Compare it with that of {wanted}")
        elif is_older(found, wanted):
            older.append(f"{name} ({found})")
    if older:
        problem = f"{', '.join(older)} older than the operator {wanted}: fields that it needs would be dropped silently"
        yield wrong(what, problem, f"Apply those of {wanted}, or write their version at ballast:prometheusOperator")
    else:
        yield good(what, f"{wanted} or later")


def check_certificates(context: DoctorContext) -> Iterator[Finding]:
    """Look for the controller of cert-manager: its definitions alone issue nothing."""
    what = "cert-manager"
    running = context.everywhere("deployments", "--selector=app.kubernetes.io/name=cert-manager")
    ready = [one for one in running if one.get("status", {}).get("availableReplicas")]
    if ready:
        images = [container["image"] for container in ready[0]["spec"]["template"]["spec"]["containers"]]
        yield good(what, f"runs as {images[0]} in {ready[0]['metadata']['namespace']}")
    elif running:
        problem = "its Deployment has no available pod, so no certificate would be issued and pods would wait for ever"
        yield wrong(what, problem, f"kubectl --namespace {running[0]['metadata']['namespace']} get pods says why")
    else:
        problem = "no Deployment is labelled app.kubernetes.io/name=cert-manager; without one that issues certificates"
        problem += " pods would wait for them for ever"
        yield unknown(what, problem, "Make sure that it runs under another label, or install it")
