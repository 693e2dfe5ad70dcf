"""Where logs and traces are kept."""
