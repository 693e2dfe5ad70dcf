"""The `ballast` command: what people ask of a running platform."""
