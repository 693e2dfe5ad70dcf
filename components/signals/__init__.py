"""What people see and are told: the words in which a store or a program says it, in its own module `signals.py`."""
