"""The one exception a user of the toolchain sees."""

from __future__ import annotations


class ToolchainError(Exception):
    """A failure with a message written for the person at the terminal: what is wrong, and what to do about it."""
