"""Names that each platform on a cluster has one of its own of: those of its namespaces, and of what stands in none."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_PREFIX: ContextVar[str] = ContextVar("namespacePrefix", default="")


@dataclass(frozen=True)
class PlatformName:
    """A name before its platform's prefix; as text it is the name in the cluster.

    It is no text itself, so that nothing can be declared in another platform's namespace: where it becomes one, in
    what is declared and in addresses, the prefix of the platform that is being declared stands before it.

    Attributes:
        bare: the name where the stack file gives no prefix.
    """

    bare: str

    def __str__(self) -> str:
        """The name in the cluster, of the platform that is being declared."""
        return self.under(_PREFIX.get())

    def under(self, prefix: str) -> str:
        """The name in the cluster, of the platform with this prefix."""
        return f"{prefix}{self.bare}"


@contextmanager
def platform_prefix(prefix: str) -> Iterator[None]:
    """Declare a platform: within, all names carry its prefix, in callbacks too that are made within and run later."""
    before = _PREFIX.set(prefix)
    try:
        yield
    finally:
        _PREFIX.reset(before)
