"""What a cluster lacks before the first `up`, found by reading alone."""
