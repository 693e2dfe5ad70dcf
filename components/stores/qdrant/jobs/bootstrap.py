"""Writes down that the cluster has been founded, once, so that no empty volume can ever found a second one.

The record is a ConfigMap. While it is absent, ordinal 0 starts with its own address as bootstrap; once it exists an
empty volume only joins. Run as `python -m components.stores.qdrant.jobs.bootstrap`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.qdrant.jobs.cluster import two_clusters
from components.stores.qdrant.jobs.session import run, say

if TYPE_CHECKING:
    from components.stores.qdrant.jobs.api import View
    from components.stores.qdrant.jobs.session import Session


def found(session: Session) -> None:
    """Wait for the first formation and write the record.

    A record that names this cluster ends the job at once: formation happens once, and a job that runs again after a
    change of size must not wait for its first shape.

    Raises:
        JobError: the time is over, or two clusters exist.
    """
    name = session.orders.section("bootstrap")["configMap"]
    view = session.deadline.wait("a node that belongs to a cluster", lambda: _member(session))
    if _recorded(session, name, view):
        say("unchanged", f"bootstrap record {session.namespace}/{name}: first peer {_first(session, name)}")
        return
    views = session.deadline.wait("the first formation", session.cluster.views)
    data = {
        "first_peer": str(views[0].peer),
        "founded_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "peers": "\n".join(str(view.peer) for view in views),
    }
    if not session.kubernetes.create_config_map(session.namespace, name, data):
        # Another run of this job was faster; what it wrote is read, never replaced.
        _recorded(session, name, views[0])
        say("unchanged", f"bootstrap record {session.namespace}/{name}: first peer {_first(session, name)}")
        return
    say("created", f"bootstrap record {session.namespace}/{name}: first peer {views[0].peer}")


def _member(session: Session) -> View:
    view = session.cluster.service.impatient().view()
    if view.leader is None:
        raise NotYetError("the node that answers knows no leader yet")
    return view


def _recorded(session: Session, name: str, view: View) -> bool:
    """Return whether the record exists; peers come and go, so one that both know is enough to be the same cluster."""
    record = session.kubernetes.config_map(session.namespace, name)
    if record is None:
        return False
    known = [int(peer) for peer in record.get("peers", "").split() if peer.isdecimal()]
    if not set(known) & view.peers:
        raise JobError(two_clusters(view.peers, f"the bootstrap record {session.namespace}/{name}", known))
    return True


def _first(session: Session, name: str) -> str:
    return (session.kubernetes.config_map(session.namespace, name) or {}).get("first_peer", "unknown")


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("bootstrap", found)


if __name__ == "__main__":
    sys.exit(main())
