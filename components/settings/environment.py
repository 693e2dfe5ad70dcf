"""What kind an environment is, and what may happen to its data."""

from enum import StrEnum

#: The project's name, which stands before every key of ours in a stack file.
NAMESPACE = "ballast"

OWNER = "ballast/owner"
"""Annotation of a namespace, and tag of what is made in AWS: the project and the stack that declare it."""


def owner_of(environment: str) -> str:
    """Who declares something, as its annotation or tag says: the project and the stack."""
    return f"{NAMESPACE}/{environment}"


class Tier(StrEnum):
    """How an environment is run: rules ask for it, never for a name. Values come to a tier from its own or before."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"

    def is_above(self, other: "Tier") -> bool:
        """Whether values come to this tier after another one."""
        order = list(Tier)
        return order.index(self) > order.index(other)


class Teardown(StrEnum):
    """What `pulumi destroy` may do."""

    REFUSE = "refuse"
    KEEP_DATA = "keepData"
