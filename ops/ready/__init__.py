"""Whether an environment is ready for people who rely on it: what can be checked, and what a person confirms."""
