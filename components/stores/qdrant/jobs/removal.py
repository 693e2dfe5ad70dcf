"""Takes peers out of the consensus, each noted before it happens; shared by drain and replace.

A node that finds its old peer among the notes at a start puts that one's files aside and joins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError, RequestError, UnreachableError
from components.foundation.jobkit.program import say
from components.stores.qdrant.jobs.moves import FIRST_SERVER_ERROR

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.stores.qdrant.jobs.api import Node
    from components.stores.qdrant.jobs.config import DrainConfig, ReplaceConfig


@dataclass(frozen=True)
class Removal:
    """How one run takes peers out.

    Attributes:
        job: what it is told.
        lock: held.
    """

    job: JobContext[DrainConfig] | JobContext[ReplaceConfig]
    lock: Lock

    def remove(self, through: Node, peer: int, pod: str, *, force: bool = False) -> bool:
        """Ask a node to take a peer out; return whether it said that it did.

        Where no answer came, or one of a server that gave up waiting, the members say what came of it.

        Raises:
            JobError: it was refused, and the note is taken back.
        """
        self.lock.check()
        self.note(peer, pod)
        try:
            through.remove_peer(peer, force=force)
        except UnreachableError:
            say("waiting", f"removal of peer {peer}: its answer was lost")
            return False
        except JobError as error:
            if isinstance(error, RequestError) and error.status >= FIRST_SERVER_ERROR:
                say("waiting", f"removal of peer {peer}: it may still happen: {error}")
                return False
            # A node that reads the note at its next start would put its files aside, and it is still a member.
            self.note(peer, "")
            raise
        return True

    def note(self, peer: int, pod: str) -> None:
        """Write down that a peer leaves with a pod, or, with an empty name, that it does not."""
        self.job.kubernetes.write_config_map(self.job.config.namespace, self.job.config.removed_peers, {str(peer): pod})

    def noted(self) -> dict[str, str]:
        """Return the pod of each peer that was noted as removed."""
        found = self.job.kubernetes.config_map(self.job.config.namespace, self.job.config.removed_peers) or {}
        return {peer: pod for peer, pod in found.items() if pod}
