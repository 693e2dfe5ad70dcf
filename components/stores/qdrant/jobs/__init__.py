"""Programs that make a running Qdrant cluster what the stack file says, and keep it whole while it changes."""
