"""Volumes for stores inside applications (LanceDB, SQLite), their snapshots and restores."""
