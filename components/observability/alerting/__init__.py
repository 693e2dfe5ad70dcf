"""Alerting: who is told what, and how."""
