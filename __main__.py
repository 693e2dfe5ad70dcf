"""The Pulumi program: settings in, the recognised cluster, the platform on it, outputs out."""

import gc

import pulumi

from components.foundation.kubeconfig import named_kubeconfig
from components.foundation.provider import recognised_cluster
from components.platform import Platform, PlatformArgs
from components.settings.load import load_secrets, load_stack
from components.settings.promotion import promotion_digest, versions

# A run keeps nearly all that it makes until its end: collecting takes a third of its CPU and finds next to nothing.
gc.disable()
stack = load_stack()
stack_file = f"Pulumi.{pulumi.get_stack()}.yaml"
kubeconfig = named_kubeconfig(stack.cluster, stack_file)
cluster = recognised_cluster(kubeconfig, stack, stack_file)
platform = Platform(
    "platform",
    PlatformArgs(environment=pulumi.get_stack(), stack=stack, secrets=load_secrets(), cluster=cluster.uid),
    opts=pulumi.ResourceOptions(providers=[cluster.provider]),
)
pulumi.export("opensearch", platform.opensearch)
pulumi.export("console", platform.console)
pulumi.export("grafana", platform.grafana)
pulumi.export("teardown", stack.teardown.value)
# What a promotion asks for: which promoted values this update carried.
pulumi.export("promotionDigest", promotion_digest(stack))
pulumi.export("versions", versions(stack))
