"""Qdrant: the cluster and the jobs that found, configure, restart, resize, copy and restore it."""
