"""Dashboards as code: the platform's and the observability stack's own."""
