"""What the program declares for a stack file, found out without an engine, a cluster, a network or a secret.

The one package of `ops` that imports Pulumi, which takes seconds; so it runs as a process of its own,
`python -m ops.manifest`, and nothing else of `ops` imports it.
"""
