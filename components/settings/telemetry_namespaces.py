"""The namespaces of the telemetry stack."""

from components.settings.platform_name import PlatformName

NAMESPACE = PlatformName("observability")

NODE_AGENTS = PlatformName("node-agents")
"""What reads its node, one pod on each: kept apart, because Pod Security refuses it elsewhere."""
