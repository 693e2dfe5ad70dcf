"""What every job of the search cluster has in common: its image, its program, and the administrator's certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.labels import NetworkProfile, network_profile
from components.foundation.tasks import LEEWAY_SECONDS, TaskArgs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import Output

    from components.foundation.labels import Workload
    from components.foundation.programs import JobPrograms


@dataclass(frozen=True, kw_only=True)
class OpenSearchJobFactory:
    """Makes the arguments of jobs.

    Attributes:
        image: a Python image.
        programs: where the modules lie.
        admin_certificate: Secret with the certificate that the security plugin takes for its administrator.
    """

    image: str
    programs: JobPrograms
    admin_certificate: Output[str]

    def task(
        self,
        workload: Workload,
        module: str,
        orders: Mapping[str, Any],
        *,
        account: Output[str] | None = None,
        passwords: Mapping[str, Output[str]] | None = None,
    ) -> TaskArgs:
        """Return the arguments of the job that runs `components.stores.opensearch.jobs.<module>`.

        Args:
            workload: which job it is.
            module: its program.
            orders: its desired state.
            account: its service account, where it calls the Kubernetes API.
            passwords: Secret names by user, where it sets passwords.
        """
        secrets: dict[str, list[Any]] = {"tls": [{"secret": {"name": self.admin_certificate}}]}
        if passwords is not None:
            secrets["secrets"] = [
                {"secret": {"name": secret, "items": [{"key": PASSWORD_KEY, "path": user}]}}
                for user, secret in passwords.items()
            ]
        return TaskArgs(
            workload=workload,
            image=self.image,
            programs=self.programs,
            module=f"components.stores.opensearch.jobs.{module}",
            desired=orders,
            deadline_seconds=int(orders["deadlineSeconds"]) + LEEWAY_SECONDS,
            secrets=secrets,
            service_account=account,
            labels={} if account is None else network_profile("search", NetworkProfile.ADMIN),
        )
