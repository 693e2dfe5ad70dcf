"""What runbooks tell people to type is typed here, against a cluster that answers as production's would."""

from __future__ import annotations

import shlex

import pytest

from components.settings.stores import stores
from tests.harness.declare import stack_settings
from tests.harness.noted import NAME, noted
from tests.harness.runbook_commands import executed

COMMANDS = [*dict.fromkeys(command.text for command in executed("./ballast "))]


def test_every_store_of_production_is_asked_for_on_some_page():
    asked = {tuple(shlex.split(line)[3:]) for line in COMMANDS}
    volumes = [("volume", store.path[-1]) for store in stores(stack_settings("prod")) if store.path[0] == "volumes"]
    assert asked == {("opensearch",), ("qdrant",), ("chroma",), *volumes}


@pytest.mark.parametrize("line", COMMANDS)
def test_our_own_command_does_what_the_page_says(ballast, kubectl, templates, line):
    for store in stores(stack_settings("prod")):
        templates(f"{store.label}-snapshots", str(store.kind.namespace))
        kubectl.answers("get", "configmap", f"{store.label}-snapshots", document={"data": noted(store.label)})
    said = ballast(*shlex.split(line)[1:])
    assert said.code == 0, said.out + said.err
    # It shows what is noted, or has a job made that lists the archive.
    assert NAME in said.out or (kubectl.made and "what was asked" in said.out)
