"""One development stack, brought up once, for all that is done to it."""
