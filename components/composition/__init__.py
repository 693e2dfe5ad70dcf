"""The parts of the platform, one per namespace: what exists in it, in which order, and who may talk to whom."""
