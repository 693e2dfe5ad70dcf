"""Chroma: a server of one pod, its snapshots and restores."""
