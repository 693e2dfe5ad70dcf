"""What the tests stand on: the recording monitor, the local cluster, a real OpenSearch."""
