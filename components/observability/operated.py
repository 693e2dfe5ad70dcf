"""What Prometheus and Alertmanager share: the operator makes both."""

from __future__ import annotations

import json


def awaited(replicas: int) -> str:
    """Return what `up` waits for, in Pulumi's words: the operator has understood the resource, and all pods are ready.

    The number is asked for too, because an older generation was available already, and the claim of a further replica
    is patched next: it must be there.
    """
    return json.dumps(
        [f"jsonpath={{.status.availableReplicas}}={replicas}", "condition=Available", "condition=Reconciled"]
    )
