"""Programs that make a running search cluster what the stack file says, and keep it whole while it changes."""
