"""The bootstrap on the real engine, with a provider that only pretends to be AWS."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.harness.account import EXAMPLE
from tests.harness.cluster import link_packages
from tests.harness.declare import PROJECT
from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from toolchain.engine import Engine

pytestmark = pytest.mark.engine


@pytest.fixture
def account(tmp_path: Path, engine_factory: Callable[[Path], Engine]) -> Engine:
    """An engine on a copy of the program, whose stack is called acme."""
    root = tmp_path / "checkout"
    for folder in ("bootstrap", "components"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    link_packages(root)
    project = root / "bootstrap"
    shutil.copyfile(EXAMPLE, project / "Pulumi.acme.yaml")
    engine = engine_factory(project)
    engine.use_aws_standin()
    engine.run("stack", "select", "--create", "acme")
    return engine


def test_an_account_comes_up_stays_the_same_and_is_not_destroyed(account):
    account.run("up", "--yes")
    assert account.run("preview", "--expect-no-changes").returncode == 0
    told = json.loads(account.run("stack", "output", "--json").stdout)["prod"]
    assert told["PULUMI_BACKEND_URL"] == "s3://acme-states-prod?region=eu-central-1"
    assert told["secretsProvider"] == "awskms://alias/ballast-prod?region=eu-central-1"
    assert set(told) == {
        "PULUMI_BACKEND_URL",
        "secretsProvider",
        *(f"ROLE_ARN of prod{suffix}" for suffix in ("", "-plan", "-preview")),
    }
    with pytest.raises(ToolchainError, match="protected"):
        account.run("destroy", "--yes")


def test_a_mistake_is_one_message_without_a_traceback(account):
    path = account.project / "Pulumi.acme.yaml"
    path.write_text(path.read_text().replace("acme/ballast", "acme"))
    with pytest.raises(ToolchainError) as found:
        account.run("preview")
    assert "Pulumi.acme.yaml: 1 mistake" in str(found.value)
    assert "Traceback" not in str(found.value)
