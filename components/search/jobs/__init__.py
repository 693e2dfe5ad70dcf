"""Programs that make a running cluster what the stack file says; standard library only, shipped as a ConfigMap."""
