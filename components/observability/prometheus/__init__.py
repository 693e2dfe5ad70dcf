"""Prometheus, and the operator that runs it."""
