"""How promoted values travel from one stack file to the next."""
