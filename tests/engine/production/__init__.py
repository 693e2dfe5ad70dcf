"""One stack of production's shape, brought up once, for all that is done to it."""
