"""Metrics, logs, traces, dashboards and alerting."""
