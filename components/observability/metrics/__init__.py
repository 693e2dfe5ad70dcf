"""Metrics: Prometheus, the operator that runs it, and what tells of the cluster."""
