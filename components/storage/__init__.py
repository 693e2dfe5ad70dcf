"""Volumes and snapshot repositories."""
