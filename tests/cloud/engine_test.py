"""What prod declares in AWS on the real engine, carried out at a moto server: up, unchanged, drift, no end.

The program declares only that part, with the platform's own code: the rest needs a cluster and takes minutes.
"""

from __future__ import annotations

import json
import shutil

import moto.core.authorization
import pytest

from tests.cloud.conftest import PROD
from tests.cloud.declared_test import BUCKETS
from tests.harness.aws_server import REPLICA_REGION, Account
from tests.harness.cluster import link_packages, need_programs
from tests.harness.declare import PROJECT
from tests.harness.hasty_engine import HastyEngine
from tests.harness.made_buckets import DRIVER, copied, made, reached_by
from tests.harness.managed_search import CLIENTS, DOMAIN, VPC, in_a_network, managed
from tests.harness.s3_server import serving
from toolchain.errors import ToolchainError
from toolchain.recipes import ENGINE

pytestmark = pytest.mark.engine
SETTINGS = "settings/Pulumi.prod.yaml"
CHROMA = "acme-prod-database-snapshots"
THERE = 'roleArn: "arn:aws:iam::123456789012:role/acme-prod-chroma"'
"""How a bucket is reached that somebody else has made."""


@pytest.fixture(scope="module")
def account():
    with serving() as endpoint:
        made = Account(endpoint)
        yield made
        made.reset()


@pytest.fixture(scope="module")
def engine(account, tmp_path_factory):
    need_programs(*ENGINE)
    root = tmp_path_factory.mktemp("engine")
    project = root / "project"
    shutil.copytree(PROJECT / "components", project / "components", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROJECT / "tests" / "harness" / "cloud_program.py", project / "__main__.py")
    shutil.copyfile(PROJECT / "Pulumi.yaml", project / "Pulumi.yaml")
    link_packages(project)
    # The engine's own file says with which key it encrypts, which is nobody's here.
    default = 'config: {"pulumi:disable-default-providers": ["*"]}\n'
    (project / "Pulumi.prod.yaml").write_text(default, encoding="utf-8")
    (project / "settings").mkdir()
    # A storage class is made in a cluster, and there is none.
    text = managed(copied(made(PROD))).replace(f", made: {{driverRole: {DRIVER}}}", "")
    vpc, clients = in_a_network(account)
    text = reached_by(text, CHROMA, THERE).replace(VPC, vpc).replace(CLIENTS, clients)
    (project / SETTINGS).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        engine = HastyEngine(root / "engine", project)
        account.emulate(engine, patch)
        engine.run("stack", "init", "prod", "--secrets-provider", "passphrase")
        yield engine


def change(engine, old, new):
    path = engine.project / SETTINGS
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(engine, *words):
    with pytest.raises(ToolchainError) as found:
        engine.run(*words)
    assert "Traceback" not in str(found.value), str(found.value)
    return str(found.value)


def test_whoever_has_other_credentials_than_the_file_names_makes_nothing(engine, account):
    change(engine, '"123456789012"', '"444455556666"')
    change(engine, ":123456789012:", ":444455556666:")
    assert "AWS account ID not allowed: 123456789012" in refused(engine, "up", "--yes")
    change(engine, "444455556666", "123456789012")
    # As with any that are expired; without any, botocore has none to send.
    with moto.core.authorization.enable_iam_authentication():
        assert "InvalidClientTokenId" in refused(engine, "up", "--yes")
    assert account.client("s3").list_buckets()["Buckets"] == []
    assert account.client("iam").list_roles()["Roles"] == []


def test_an_update_that_aws_refuses_in_the_middle_is_completed_by_the_next(engine, account):
    # The name is taken, as it may be by anybody in the world.
    where = {"LocationConstraint": REPLICA_REGION}
    account.client("s3", REPLICA_REGION).create_bucket(Bucket="acme-prod-logs", CreateBucketConfiguration=where)
    said = refused(engine, "up", "--yes", "--skip-preview")
    assert "BucketAlready" in said
    account.client("s3", REPLICA_REGION).delete_bucket(Bucket="acme-prod-logs")
    engine.run("up", "--yes", "--skip-preview")
    there = {one["Name"] for one in account.client("s3").list_buckets()["Buckets"]}
    copies = {f"acme-prod-{store}-snapshots-copy" for store in ("opensearch", "qdrant")}
    assert there == {*BUCKETS.values(), *copies} - {CHROMA}
    assert [one["DomainName"] for one in account.client("opensearch").list_domain_names()["DomainNames"]] == [DOMAIN]
    engine.run("preview", "--expect-no-changes")


def test_a_bucket_that_was_there_is_taken_over_with_what_is_in_it(engine, account):
    s3, where = account.client("s3"), {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket=CHROMA, CreateBucketConfiguration=where)
    s3.put_object(Bucket=CHROMA, Key="chroma/sets/1/a", Body=b"what was there")
    change(engine, THERE, "made: {recoverableFor: 14d}")
    # As docs/clusters.md says: what would be made, less all but the bucket and the component that holds it.
    engine.run("preview", "--import-file", "import.json")
    path = engine.project / "import.json"
    wanted = json.loads(path.read_text(encoding="utf-8"))
    is_it = {"ballast:cloud:DataBucket", "aws:s3/bucket:Bucket"}
    wanted["resources"] = [one for one in wanted["resources"] if one["type"] in is_it]
    for one in wanted["resources"]:
        if not one.get("component"):
            one["id"] = CHROMA
    path.write_text(json.dumps(wanted), encoding="utf-8")
    engine.run("import", "--file", "import.json", "--yes", "--generate-code=false", "--skip-preview")
    engine.run("up", "--yes", "--skip-preview")
    engine.run("preview", "--expect-no-changes")
    assert s3.get_bucket_versioning(Bucket=CHROMA)["Status"] == "Enabled"
    fence = s3.get_bucket_policy(Bucket=CHROMA)["Policy"]
    assert "BucketStays" in fence
    # moto, which evaluates no condition, would refuse all that is plain HTTP: what is there is looked at without it.
    s3.delete_bucket_policy(Bucket=CHROMA)
    assert s3.get_object(Bucket=CHROMA, Key="chroma/sets/1/a")["Body"].read() == b"what was there"
    s3.put_bucket_policy(Bucket=CHROMA, Policy=fence)
    assert account.client("iam").get_role(RoleName=CHROMA)["Role"]["Arn"]


def test_what_somebody_changed_in_aws_is_found_and_mended(engine, account):
    s3 = account.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKETS["tempo"], VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_policy(Bucket=BUCKETS["loki"])
    with pytest.raises(ToolchainError) as found:
        engine.run("preview", "--refresh", "--expect-no-changes", "--diff")
    said = str(found.value)
    assert "BucketVersioning" in said
    assert "BucketPolicy" in said
    # A longer time to bring back is a change of one rule in place.
    path = engine.project / SETTINGS
    text = reached_by(path.read_text(encoding="utf-8"), BUCKETS["tempo"], "made: {recoverableFor: 60d}")
    path.write_text(text, encoding="utf-8")
    engine.run("up", "--yes", "--refresh", "--skip-preview")
    assert s3.get_bucket_versioning(Bucket=BUCKETS["tempo"])["Status"] == "Enabled"
    assert "BucketStays" in s3.get_bucket_policy(Bucket=BUCKETS["loki"])["Policy"]
    rules = {one["ID"]: one for one in s3.get_bucket_lifecycle_configuration(Bucket=BUCKETS["tempo"])["Rules"]}
    assert rules["earlier-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 60


def test_nothing_of_it_is_destroyed(engine, account):
    before = account.client("s3").list_buckets()["Buckets"]
    assert "protected" in refused(engine, "destroy", "--yes", "--skip-preview")
    assert account.client("s3").list_buckets()["Buckets"] == before
    assert account.client("opensearch").describe_domain(DomainName=DOMAIN)["DomainStatus"]["Deleted"] is False
