"""Jobs of the stores of one process: snapshots and restores. Run as `python -m components.databases.jobs.<name>`."""
