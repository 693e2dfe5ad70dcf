"""The stores: one folder each, with everything about it."""
