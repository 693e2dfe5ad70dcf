"""Alertmanager: who is told what."""
