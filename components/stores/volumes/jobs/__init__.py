"""Programs of the jobs of embedded volumes."""
