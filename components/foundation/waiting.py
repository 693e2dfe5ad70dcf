"""How long an update waits for one object: said once, and given to every object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import CustomTimeouts, ResourceOptions, ResourceTransformationResult

if TYPE_CHECKING:
    from pulumi import ResourceTransformationArgs

    from components.settings.quantities import Duration

_OBJECT = "kubernetes:"
_JOB = "kubernetes:batch/v1:Job"
"""A job has a deadline, and what waits for it ends with that."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How long an update waits for one object to be ready, changed or gone, also while the API server doesn't answer.

    Attributes:
        timeout: None for what is usual: ten minutes, and half an hour for nodes of stores.
    """

    timeout: Duration | None

    def transform(self, args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        """Give an object its time; a Pulumi transformation. It counts in place of what annotations say."""
        if self.timeout is None or not args.type_.startswith(_OBJECT) or args.type_ == _JOB:
            return None
        span = f"{int(self.timeout)}s"
        times = CustomTimeouts(create=span, update=span, delete=span)
        return ResourceTransformationResult(
            args.props, ResourceOptions.merge(args.opts, ResourceOptions(custom_timeouts=times))
        )
