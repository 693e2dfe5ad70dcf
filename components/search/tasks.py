"""The two jobs of a cluster: one writes down that it was founded, one configures what files can't say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.labels import Component, Concern
from components.foundation.manifests import manifest
from components.foundation.tasks import PythonJob, PythonJobArgs
from components.search.desired import DEADLINE_SECONDS, FOUNDING_RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = Path(__file__).parent / "jobs"
JOB_DEADLINE_SECONDS = DEADLINE_SECONDS + 300
"""Kubernetes' own limit, past the job's: the job shall say what it waited for before it is ended."""


@dataclass(frozen=True, kw_only=True)
class SearchJobsArgs:
    """What the jobs need to know.

    Attributes:
        image: the slim Python image.
        admin_certificate: Secret with the certificate that the security plugin takes for its administrator.
        founding: desired state of the founding job.
        configuration: desired state of the configure job.
        passwords: Secret names by user.
    """

    image: str
    admin_certificate: Output[str]
    founding: Mapping[str, Any]
    configuration: Mapping[str, Any]
    passwords: Mapping[str, Output[str]]


class SearchJobs(ComponentResource):
    """The founding job, then the configure job."""

    configured: Output[str]

    def __init__(self, name: str, args: SearchJobsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:search:SearchJobs", name, None, opts)
        child = ResourceOptions(parent=self)
        tls = [{"secret": {"name": args.admin_certificate}}]
        founding = PythonJob(
            f"{name}-founding",
            PythonJobArgs(
                concern=Concern.SEARCH,
                component=Component.FOUNDING_JOB,
                image=args.image,
                package=PACKAGE,
                module="founding",
                desired=args.founding,
                deadline_seconds=JOB_DEADLINE_SECONDS,
                secrets={"tls": tls},
                service_account=self._record_keeper(name, child),
            ),
            opts=child,
        )
        configure = PythonJob(
            f"{name}-configure",
            PythonJobArgs(
                concern=Concern.SEARCH,
                component=Component.CONFIGURE_JOB,
                image=args.image,
                package=PACKAGE,
                module="configure",
                desired=args.configuration,
                deadline_seconds=JOB_DEADLINE_SECONDS,
                secrets={
                    "tls": tls,
                    "secrets": [
                        {"secret": {"name": secret, "items": [{"key": PASSWORD_KEY, "path": user}]}}
                        for user, secret in args.passwords.items()
                    ],
                },
            ),
            opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[founding])),
        )
        self.configured = configure.job
        self.register_outputs({"configured": self.configured})

    def _record_keeper(self, name: str, child: ResourceOptions) -> Output[str]:
        """Return a service account that may write the founding record once: create and read, never change."""
        metadata = {"name": f"{name}-founding", "namespace": Concern.SEARCH.value}
        account = ServiceAccount(
            f"{name}-founding", metadata=metadata, automount_service_account_token=False, opts=child
        )
        role = Role(
            f"{name}-founding",
            metadata=metadata,
            rules=[
                # RBAC can't name what doesn't exist yet, so `create` holds for every ConfigMap of the namespace.
                manifest({"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]}),
                manifest(
                    {
                        "apiGroups": [""],
                        "resources": ["configmaps"],
                        "resourceNames": [FOUNDING_RECORD],
                        "verbs": ["get"],
                    }
                ),
            ],
            opts=child,
        )
        RoleBinding(
            f"{name}-founding",
            metadata=metadata,
            role_ref=manifest({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name}),
            subjects=[
                {"kind": "ServiceAccount", "name": account.metadata.name, "namespace": Concern.SEARCH.value},
            ],
            opts=child,
        )
        return account.metadata.apply(lambda made: str(made.name))
