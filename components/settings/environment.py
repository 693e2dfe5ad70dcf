"""The environments and what may happen to their data."""

from enum import StrEnum


class Environment(StrEnum):
    """The three environments; a stack carries the name of its environment."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Teardown(StrEnum):
    """What `pulumi destroy` may do."""

    REFUSE = "refuse"
    KEEP_DATA = "keepData"
