"""Stores of one process: Chroma as a server, LanceDB and SQLite as a volume that an application mounts."""
