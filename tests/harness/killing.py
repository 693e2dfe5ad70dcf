"""A pod that is told to end in the middle of its job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import Client

if TYPE_CHECKING:
    import pytest

    from components.foundation.jobkit.client import Answer


class Killed(BaseException):
    """The pod's SIGTERM."""


def kill_at(monkeypatch: pytest.MonkeyPatch, last: str, *, arrives: bool) -> None:
    """Kill the job once, at its first change of a path that ends so; what is sent after that is sent.

    Args:
        monkeypatch: of the test.
        last: end of the path.
        arrives: whether the change still reaches the server.
    """
    send, killed = Client.request, []

    def request(client: Client, method: str, path: str, *facts: Any, **more: Any) -> Answer:
        if method == "GET" or not path.endswith(last) or killed:
            return send(client, method, path, *facts, **more)
        killed.append(path)
        if arrives:
            send(client, method, path, *facts, **more)
        raise Killed

    monkeypatch.setattr(Client, "request", request)
