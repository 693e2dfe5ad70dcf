"""Programs that make a running cluster what the stack file says, and keep it whole while it changes."""
