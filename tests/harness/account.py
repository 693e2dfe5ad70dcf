"""The bootstrap of an account declared under mocks, and the policies in it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks

from bootstrap.account import declare_account
from bootstrap.settings import AccountSettings, read_account
from ops.manifest import recorded
from tests.harness.declare import PROJECT
from tests.harness.recorded import Recording

if TYPE_CHECKING:
    from pulumi.runtime.mocks import MockResourceArgs

EXAMPLE = PROJECT / "bootstrap" / "Pulumi.example.yaml"
POLICIES = ("policy", "assumeRolePolicy")


class _Arns(recorded.Answers):
    """Gives keys and providers what AWS would."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        identity, state = super().new_resource(args)
        if args.typ.endswith(":OpenIdConnectProvider"):
            state["arn"] = f"arn:aws:iam::111122223333:oidc-provider/{args.inputs['url'].removeprefix('https://')}"
        return identity, {**state, "keyId": args.name}


def example() -> AccountSettings:
    return read_account(EXAMPLE)


@cache
def declared_account() -> Recording:
    """What the program declares for the example."""
    recording = recorded.Recording()

    @pulumi.runtime.test
    def run() -> None:
        answers = _Arns("")
        monitor = recorded.RecordingMonitor(answers, recording, "example")
        mocks.set_mocks(answers, project="ballast-bootstrap", stack="example", monitor=monitor)
        declare_account(example())

    run()
    return Recording.of(recording)


def policies() -> dict[tuple[str, str], dict[str, Any]]:
    """Every policy document, by the resource's kind and name, and a role's trust under `trust`."""
    found = {}
    for resource in declared_account().resources:
        for field in POLICIES:
            if field in resource.inputs:
                kind = "trust" if field == "assumeRolePolicy" else resource.kind
                found[kind, resource.name] = json.loads(resource.inputs[field])
    return found
