"""Exporters of the Kubernetes cluster: its nodes and its objects."""
