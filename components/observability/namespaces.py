"""The namespaces of the telemetry stack."""

NAMESPACE = "observability"

NODE_AGENTS = "node-agents"
"""What reads its node, one pod on each: kept apart, because Pod Security refuses it elsewhere."""
