"""Which secrets exist, why, where they come from and who may read them."""
