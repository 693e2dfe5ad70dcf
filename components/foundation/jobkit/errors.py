"""What can go wrong in a job, as one sentence for the person who reads the pod's log."""

from __future__ import annotations


class JobError(Exception):
    """A job can't do what it was told; the message says what, where and the way out."""


class RequestError(JobError):
    """A server refused a request.

    Attributes:
        status: HTTP status.
        reason: the server's own words, shortened.
    """

    def __init__(self, method: str, path: str, status: int, reason: str) -> None:
        super().__init__(f"{method} {path} answered {status}: {reason}")
        self.status = status
        self.reason = reason


class UnreachableError(JobError):
    """A server could not be asked at all, or was too busy to answer, until all attempts were used up."""
