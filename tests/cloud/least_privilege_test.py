"""Jobs of the stores, run with the credentials of exactly the role that is declared, at a server that enforces IAM.

moto evaluates no conditions: a statement that has one always applies. So the bucket's policy is put there without
conditional refusals, and conditions are judged in policies_test.py. moto asks for no rights at KMS either. What
OpenSearch's nodes do is in search_nodes_test.py.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from components.foundation.jobkit.archives import opened
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import BucketArchive
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.probe import probe
from tests.cloud.conftest import without_conditional_refusals
from tests.cloud.declared_test import BUCKETS
from tests.cloud.store_programs import STORES
from tests.harness.aws_server import Account
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.s3_server import serving

OTHER = {"chroma-snapshots": "qdrant-snapshots"}
"""Whose role is refused; that of Chroma unless it is Chroma's own."""


@pytest.fixture(scope="module")
def account(irsa):
    with serving() as endpoint:
        made = Account(endpoint)
        made.carry_out([without_conditional_refusals(one) for one in irsa.resources if one.name in STORES])
        yield made
        made.reset()


@pytest.fixture(scope="module", params=STORES)
def store(request):
    """Name of a store's resources, and its bucket."""
    return request.param, BUCKETS[request.param]


@pytest.fixture(scope="module")
def archived(store, irsa, tmp_path_factory):
    with STORES[store[0]](irsa, tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture
def run(store, archived, account, as_role, capsys):
    """Run every program of the store as a role; returns what failed, each with its first line."""
    _, bucket = store
    archive = archived.told.snapshots.archive
    assert isinstance(archive, BucketArchive)
    archive = replace(archive, endpoint=account.endpoint)

    def every_program(role=bucket):
        # Sets are named by the second, and a run may take less.
        time.sleep(1 - time.time() % 1)
        _what_a_killed_job_left(account, archive)
        failed = {}
        with JsonServer(KubernetesStore()) as server:
            kubernetes = Kubernetes(Client(endpoint=server.url, authorization=f"Bearer {TOKEN}", pause=0.01))
            programs = {"probe": lambda: probe(opened(archive), "a-pod"), **archived.programs(archive, kubernetes)}
            with as_role(role):
                for name, program in programs.items():
                    try:
                        program()
                    except JobError as error:
                        failed[name] = str(error)
        # A deletion that fails is told, and is no failure of the snapshot.
        told = capsys.readouterr().err
        return failed | ({"prune": told} if "failed" in told else {})

    return every_program


def _what_a_killed_job_left(account, archive):
    s3, begun = account.client("s3"), datetime.now(tz=UTC) - timedelta(days=3)
    folder = f"{archive.prefix}/sets/killed"
    left = json.dumps({"begun": begun.isoformat()}).encode()
    s3.put_object(Bucket=archive.bucket, Key=f"{folder}/begun.json", Body=left)
    s3.create_multipart_upload(Bucket=archive.bucket, Key=f"{folder}/half")


def test_every_program_succeeds_with_the_declared_role_and_leaves_nothing_half(run, account, store):
    assert run() == {}
    s3, (_, bucket) = account.client("s3"), store
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert [key for key in keys if key.endswith("/manifest.json")]
    assert not [key for key in keys if "killed" in key or "probe" in key]


def test_without_any_single_action_a_program_fails(account, run, store):
    iam, (_, bucket) = account.client("iam"), store
    whole = iam.get_role_policy(RoleName=bucket, PolicyName="bucket")["PolicyDocument"]
    actions = [action for one in whole["Statement"] for action in one["Action"] if action.startswith("s3:")]
    superfluous = []
    try:
        for action in actions:
            less = json.loads(json.dumps(whole))
            for statement in less["Statement"]:
                statement["Action"] = [one for one in statement["Action"] if one != action]
            less["Statement"] = [statement for statement in less["Statement"] if statement["Action"]]
            iam.put_role_policy(RoleName=bucket, PolicyName="bucket", PolicyDocument=json.dumps(less))
            failed = run()
            assert all("refused the credentials" in why for why in failed.values()), (action, failed)
            if not failed:
                superfluous.append(action)
    finally:
        iam.put_role_policy(RoleName=bucket, PolicyName="bucket", PolicyDocument=json.dumps(whole))
    assert len(actions) == 6
    assert superfluous == []


def test_the_role_of_another_store_is_refused_everywhere(run, store):
    failed = run(BUCKETS[OTHER.get(store[0], "chroma-snapshots")])
    assert failed.keys() >= {"probe", "snapshot", "restore"}
    assert all("refused the credentials" in why for why in failed.values())


def test_another_folder_of_its_own_bucket_is_refused(account, as_role, store):
    _, bucket = store
    archive = BucketArchive(bucket=bucket, prefix="another", region="eu-central-1", endpoint=account.endpoint)
    with as_role(bucket), pytest.raises(JobError, match="refused the credentials"):
        opened(archive).write("sets/1/a", b"content")
