"""The namespace that stores of one process share."""

NAMESPACE = "databases"
