"""Programs of the jobs of Chroma."""
