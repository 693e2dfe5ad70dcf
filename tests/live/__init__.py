"""The real programs of the observability stack on loopback, started from the configurations that are deployed."""
