"""How long a stack has had its secrets, and which are due."""
