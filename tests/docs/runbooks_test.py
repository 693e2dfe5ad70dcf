"""Runbooks: one structure, a head that says what is so, and commands that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from functools import cache

import pytest
import typer

from components.observability.alertmanager.server import STATEFUL_SET
from components.settings.stores import stores
from ops.__main__ import app
from tests.harness.applied import applied
from tests.harness.cluster import need_programs
from tests.harness.declare import real_stack, stack_settings
from tests.harness.runbooks import FOLDER, REFRESH, written
from toolchain import toolbox

PARTS = ["Symptom", "Impact", "Is it real", "Diagnosis", "Remedy", "Escalation", "Prevention"]
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
LOOKING = {"get", "describe", "logs", "port-forward"}
"""What is typed before anybody knows what is wrong changes nothing."""

PLACEHOLDER = "NAME"

pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


def commands(page):
    blocks = re.findall(r"(?ms)^```sh\n(.+?)^```", page.read_text(encoding="utf-8"))
    return [line for block in blocks for line in block.splitlines()]


def test_what_is_generated_is_up_to_date_and_every_page_has_alerts():
    expected = written()
    wrong = [path.name for path, text in expected.items() if path.read_text(encoding="utf-8") != text]
    assert wrong == [], f"run {REFRESH}"
    assert {path for path in expected if path.name != "README.md"} == set(PAGES)


@pages
def test_every_page_has_the_same_parts_and_none_is_empty(page):
    found = re.findall(r"(?ms)^## ([^\n]+)\n\n(.+?)(?=^## |\Z)", page.read_text(encoding="utf-8"))
    assert [title for title, _ in found] == PARTS
    assert all(len(text.strip()) > 40 for _, text in found)


@pages
def test_every_page_has_commands_for_looking(page):
    assert len(commands(page)) >= 3


@cache
def declared():
    """What there is in production, what the operator makes of it, and the example of applications, for kubectl."""
    found = {(one.namespace, f"{one.kind.lower()}/{one.object_name}") for one in real_stack("prod").resources}
    found |= {("observability", f"statefulset/{STATEFUL_SET}")}
    pods = [(one.namespace, one.signals.pods) for one in applied().applications.values()]
    return found | {(where, f"deployment/{name}") for where, of in pods if of is not None for name in of.deployments}


@pages
def test_kubectl_looks_at_what_is_declared(page):
    for line in commands(page):
        if not line.startswith("kubectl "):
            continue
        _, flag, namespace, verb, *rest = shlex.split(line)
        assert (flag, verb in LOOKING) == ("--namespace", True), line
        assert any(where == namespace for where, _ in declared()), line
        for word in rest:
            if re.fullmatch(r"[a-z]+/.+", word) and PLACEHOLDER not in word:
                assert (namespace, word) in declared(), line
        for selector in re.findall(r"--selector (\S+)", line):
            label, value = selector.split("=")
            assert f"'{label}': '{value}'" in labels(namespace), line


@cache
def labels(namespace):
    return "".join(str(one.inputs) for one in real_stack("prod").resources if one.namespace == namespace)


@pages
def test_our_own_command_takes_what_is_written(page):
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    volumes = {store.path[-1] for store in stores(stack_settings("prod")) if store.path[0] == "volumes"}
    for line in commands(page):
        if not line.startswith("./ballast "):
            assert line.startswith("kubectl "), f"{line}: neither of the two programs that are known here"
            continue
        name, *arguments = shlex.split(line)[1:]
        context = group.commands[name].make_context(name, arguments)
        assert context.params["stack"] == "prod"
        assert context.params.get("name") in {None, *volumes}, line


@pytest.mark.programs
@pytest.mark.parametrize("verb", sorted(LOOKING))
def test_kubectl_knows_every_flag(verb):
    need_programs("kubectl")
    lines = [line for page in PAGES for line in commands(page) if f" {verb} " in line]
    assert lines
    command = [str(toolbox.require("kubectl")), verb, "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    for line in lines:
        for flag in re.findall(r"--[a-z-]+", line.partition(f" {verb} ")[2]):
            assert re.search(rf"{flag}\b", told), line
