"""The domain that AWS runs in place of OpenSearch's nodes, and the role of the job that configures it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pulumi import Output

from components.cloud.opensearch_domain import SearchDomain, SearchDomainArgs
from components.cloud.opensearch_policies import registration
from components.cloud.pod_role import PodRole, PodRoleArgs
from components.cloud.policies import Account
from components.settings.platform_name import PlatformName
from components.stores.opensearch.job_configs import REPOSITORY
from components.stores.opensearch.settings import CLUSTER, NAMESPACE
from components.stores.opensearch.store_jobs import CONFIGURE
from components.stores.opensearch.users import ADMIN_USER, PASSWORDS

if TYPE_CHECKING:
    from components.composition.context import PlatformContext


def compose_search_domain(context: PlatformContext) -> Output[str]:
    """Declare it; return where it answers."""
    stack, aws, managed = context.stack, context.stack.aws, context.stack.opensearch.managed
    place = stack.opensearch.snapshots.s3
    assert aws is not None  # noqa: S101 - a rule refuses a domain without an account
    assert managed is not None  # noqa: S101 - or nobody asks for it
    assert place is not None  # noqa: S101 - a rule refuses snapshots elsewhere
    assert place.role_arn is not None  # noqa: S101 - it is written, or that of the bucket that is made
    domain = SearchDomain(
        CLUSTER,
        SearchDomainArgs(
            settings=managed,
            version=stack.opensearch.version,
            aws=aws,
            user=ADMIN_USER,
            password=context.secrets[PASSWORDS[ADMIN_USER]],
            protection=context.protection,
        ),
        opts=context.inside,
    )
    rights = registration(domain=aws.domain_arn(managed.name), repository=REPOSITORY, role=place.role_arn)
    configure = PodRole(
        CONFIGURE,
        PodRoleArgs(
            aws=aws,
            name=managed.configure_role,
            account=Account(namespace=str(NAMESPACE), name=str(PlatformName(CONFIGURE))),
            policy="registration",
            access=Output.from_input(json.dumps(rights)),
            protection=context.protection,
        ),
        opts=context.inside,
    )
    # Whoever asks the domain for something comes after the role that registers its repository.
    return Output.all(domain.url, configure.urn).apply(lambda found: found[0])
