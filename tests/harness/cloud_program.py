"""A Pulumi program that declares of a platform what it makes in AWS and nothing else, with the same code."""

from dataclasses import replace
from pathlib import Path

import pulumi

from components.composition.cloud import compose_cloud, with_made_roles
from components.composition.context import PlatformContext
from components.composition.opensearch_domain import compose_search_domain
from components.foundation.connections import ExternalEndpoint
from components.foundation.data_protection import DataProtection
from components.foundation.images import ImageCatalogue
from components.settings.environment import Teardown
from components.settings.platform_name import platform_prefix
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from components.stores.opensearch.users import ADMIN_USER, PASSWORDS

stack = with_made_roles(read_stack(Path("settings/Pulumi.prod.yaml"), SECRETS))
context = PlatformContext(
    environment="prod",
    stack=stack,
    secrets={PASSWORDS[ADMIN_USER]: pulumi.Output.secret("Of-a-program-in-a-test-1")},
    cluster=pulumi.Output.from_input(stack.cluster.identity),
    protection=DataProtection(protected=stack.teardown is Teardown.REFUSE),
    images=ImageCatalogue(mirror=None, mirrors={}),
    api_server=ExternalEndpoint(name="kubernetes-api", cidrs=(), ports={}),
    inside=pulumi.ResourceOptions(),
)
with platform_prefix(stack.namespace_prefix):
    declared = compose_cloud(context)
    assert declared.in_aws is not None
    compose_search_domain(replace(declared, inside=declared.in_aws))
