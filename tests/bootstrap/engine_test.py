"""The bootstrap on the real engine, carried out at a moto server."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.harness.account import EXAMPLE
from tests.harness.aws_server import Account
from tests.harness.cluster import link_packages
from tests.harness.declare import PROJECT
from tests.harness.made_buckets import ACCOUNT
from tests.harness.s3_server import serving
from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from toolchain.engine import Engine

pytestmark = pytest.mark.engine


@pytest.fixture
def aws() -> Iterator[Account]:
    with serving() as endpoint:
        made = Account(endpoint)
        yield made
        made.reset()


@pytest.fixture
def account(
    aws: Account, tmp_path: Path, engine_factory: Callable[[Path], Engine], monkeypatch: pytest.MonkeyPatch
) -> Engine:
    """An engine on a copy of the program, whose stack is called acme."""
    root = tmp_path / "checkout"
    for folder in ("bootstrap", "components"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    link_packages(root)
    project = root / "bootstrap"
    text = EXAMPLE.read_text(encoding="utf-8").replace("111122223333", ACCOUNT)
    (project / "Pulumi.acme.yaml").write_text(text, encoding="utf-8")
    engine = engine_factory(project)
    aws.emulate(engine, monkeypatch)
    engine.run("stack", "select", "--create", "acme")
    return engine


def test_an_account_comes_up_stays_the_same_and_is_not_destroyed(account, aws):
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
    s3, iam = aws.client("s3"), aws.client("iam")
    assert s3.get_bucket_versioning(Bucket="acme-states-prod")["Status"] == "Enabled"
    assert "EarlierVersionsStay" in s3.get_bucket_policy(Bucket="acme-states-prod")["Policy"]
    aliases = {one["AliasName"] for one in aws.client("kms").list_aliases()["Aliases"]}
    assert "alias/ballast-prod" in aliases
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    for suffix, seconds in (("apply", 4 * 3600), ("plan", 3600), ("preview", 3600)):
        role = iam.get_role(RoleName=f"ballast-prod-{suffix}")["Role"]
        assert role["MaxSessionDuration"] == seconds
        assert provider["Arn"] in str(role["AssumeRolePolicyDocument"])


def test_a_mistake_is_one_message_without_a_traceback(account):
    path = account.project / "Pulumi.acme.yaml"
    path.write_text(path.read_text().replace("acme/ballast", "acme"))
    with pytest.raises(ToolchainError) as found:
        account.run("preview")
    assert "Pulumi.acme.yaml: 1 mistake" in str(found.value)
    assert "Traceback" not in str(found.value)
