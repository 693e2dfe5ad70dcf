"""Options that protect what holds data, and what runs on it."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ResourceOptions


@dataclass(frozen=True, kw_only=True)
class DataProtection:
    """Options for data-bearing children.

    Attributes:
        protected: True where the stack refuses a teardown: Pulumi then stops with an error before it deletes or
            replaces the object. False where the stack file says `teardown: keepData`: `destroy` may run, and the
            object still stays in the cluster because it is retained.
    """

    protected: bool

    def retain(self, child: ResourceOptions) -> ResourceOptions:
        """Return `child` with the promise that no plan of ours removes the object from the cluster.

        Only for children: set on a component, `protect` would reach Services and Secrets too.
        """
        return ResourceOptions.merge(child, ResourceOptions(protect=self.protected, retain_on_delete=True))

    def protect(self, child: ResourceOptions) -> ResourceOptions:
        """Return `child` protected but not retained, for what runs on data without holding it.

        A StatefulSet's claims outlive it. Retained, it would go on running after a teardown that took its services
        and network policies away, and the next `up` would meet an object that belongs to nobody.
        """
        return ResourceOptions.merge(child, ResourceOptions(protect=self.protected))
