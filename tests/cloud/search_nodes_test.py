"""What OpenSearch's nodes ask of their bucket, asked with their role at a server that enforces IAM.

The plugin of the nodes is not run here. The requests are those of its source (repository-s3, S3BlobContainer): each of
its methods is one below, asked by boto3. `readBlobAsync` is left out, which only remote stores of indexes use.
"""

from __future__ import annotations

import json

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.cloud.conftest import without_conditional_refusals
from tests.cloud.declared_test import BUCKETS
from tests.harness.aws_server import Account
from tests.harness.s3_server import REGION, serving

NAME, FOLDER = "opensearch-snapshots", "opensearch"
BUCKET = BUCKETS[NAME]


@pytest.fixture(scope="module")
def account(irsa):
    with serving() as endpoint:
        made = Account(endpoint)
        made.carry_out([without_conditional_refusals(one) for one in irsa.resources if one.name in (NAME, "loki")])
        yield made
        made.reset()


class Container:
    """A folder of the bucket, as the plugin sees it."""

    def __init__(self, s3, folder):
        self.s3, self.folder = s3, folder

    def write(self):
        self.s3.put_object(Bucket=BUCKET, Key=f"{self.folder}/index-0", Body=b"content", ACL="private")

    def write_in_parts(self):
        key = {"Bucket": BUCKET, "Key": f"{self.folder}/large"}
        upload = self.s3.create_multipart_upload(**key, ACL="private")["UploadId"]
        part = self.s3.upload_part(**key, UploadId=upload, PartNumber=1, Body=b"a part")
        parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
        self.s3.complete_multipart_upload(**key, UploadId=upload, MultipartUpload={"Parts": parts})

    def end_an_upload_that_failed(self):
        key = {"Bucket": BUCKET, "Key": f"{self.folder}/half"}
        upload = self.s3.create_multipart_upload(**key, ACL="private")["UploadId"]
        self.s3.abort_multipart_upload(**key, UploadId=upload)

    def read(self):
        self.s3.get_object(Bucket=BUCKET, Key=f"{self.folder}/there", Range="bytes=0-1")

    def look_whether_it_exists(self):
        self.s3.head_object(Bucket=BUCKET, Key=f"{self.folder}/there")

    def list(self):
        self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{self.folder}/", Delimiter="/")

    def delete(self):
        # The plugin deletes many at once. AWS judges each of them, moto the bucket: so it is one here.
        self.s3.delete_object(Bucket=BUCKET, Key=f"{self.folder}/old")


METHODS = [name for name in vars(Container) if not name.startswith("_")]
NEEDED = {
    "s3:PutObject": {"write", "write_in_parts", "end_an_upload_that_failed"},
    "s3:AbortMultipartUpload": {"end_an_upload_that_failed"},
    "s3:GetObject": {"read", "look_whether_it_exists"},
    "s3:ListBucket": {"list"},
    "s3:DeleteObject": {"delete"},
}


@pytest.fixture
def refused(account, as_role):
    """Ask everything as a role; returns what was refused."""

    def everything(role=BUCKET, folder=FOLDER):
        whoever = account.client("s3")
        for name in ("there", "old"):
            whoever.put_object(Bucket=BUCKET, Key=f"{folder}/{name}", Body=b"content")
        found = set()
        with as_role(role) as session:
            once = Config(retries={"total_max_attempts": 1})
            s3 = session.client("s3", region_name=REGION, endpoint_url=account.endpoint, config=once)
            for name in METHODS:
                try:
                    getattr(Container(s3, folder), name)()
                except ClientError as error:
                    if error.response["Error"]["Code"] not in ("AccessDenied", "403"):
                        raise
                    found.add(name)
        return found

    return everything


def test_the_role_of_the_nodes_may_do_all_that_their_plugin_asks_for(refused):
    assert refused() == set()


@pytest.mark.parametrize("action", NEEDED)
def test_without_an_action_exactly_what_needs_it_is_refused(action, account, refused):
    iam = account.client("iam")
    whole = iam.get_role_policy(RoleName=BUCKET, PolicyName="bucket")["PolicyDocument"]
    given = {one for statement in whole["Statement"] for one in statement["Action"] if one.startswith("s3:")}
    assert given == NEEDED.keys()
    less = json.loads(json.dumps(whole))
    for statement in less["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one != action]
    less["Statement"] = [statement for statement in less["Statement"] if statement["Action"]]
    try:
        iam.put_role_policy(RoleName=BUCKET, PolicyName="bucket", PolicyDocument=json.dumps(less))
        assert refused() == NEEDED[action]
    finally:
        iam.put_role_policy(RoleName=BUCKET, PolicyName="bucket", PolicyDocument=json.dumps(whole))


def test_another_role_and_another_folder_are_refused(refused):
    assert refused(role=BUCKETS["loki"]) == set(METHODS)
    # moto evaluates no prefix of a list; policies_test.py does.
    assert refused(folder="another") == {*METHODS} - {"list"}


def test_jobs_of_opensearch_reach_no_bucket(irsa):
    jobs = [one for one in irsa.workloads if one.kind in ("Job", "CronJob") and one.namespace == "opensearch"]
    assert len(jobs) > len(("configure", "restart", "snapshots"))
    assert [one.name for one in jobs if "AWS_" in str(one.pod) or "aws-token" in str(one.pod)] == []
