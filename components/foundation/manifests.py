"""Manifests in the Kubernetes API's own words."""

from __future__ import annotations

from typing import Any

FORCED = {"pulumi.com/patchForce": "true"}
"""Annotation of objects whose fields another hand of ours may have set: a drain changes a number of nodes; an engine
that was killed has made an object and not noted it, and the next one names other ConfigMaps in it; what a teardown left
is found again by an engine that knows nothing of it. The next `up` takes the fields back, and calls it no conflict."""


def manifest(fields: dict[str, Any]) -> Any:  # noqa: ANN401 - see below
    """Return `fields`, typed so that the SDK accepts them.

    The SDK's typed dictionaries spell keys in snake_case; ours read like the manifests that engineers know, pass
    through unchanged, and are judged by the API server itself: every preview is a server-side dry run.
    """
    return fields
