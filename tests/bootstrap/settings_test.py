"""Mistakes in the stack file of the bootstrap: each with file, line, key, rule and remedy."""

from __future__ import annotations

import pytest

from bootstrap.settings import read_account
from components.settings.report import SettingsError
from tests.harness.account import EXAMPLE, example

TEXT = EXAMPLE.read_text(encoding="utf-8")
TWO = "\n    staging:\n      stateBucket: acme-states-prod\n      cluster: acme-staging"
BOUNDARY = "\n        permissionsBoundary: arn:aws:iam::111122223333:policy/platform"
MORE = (
    f"{BOUNDARY}\n    staging:\n      stateBucket: acme-states-staging\n      cluster: acme-staging\n      makes:\n"
    "        names: acme-prod-2-"
)
WRONG = [
    ('"111122223333"', "111122223333", "account", "must be"),
    ('"111122223333"', '"11112222"', "account", "12 digits"),
    ("eu-central-1", "frankfurt", "region", "an AWS region"),
    ("acme/ballast", "acme", "repository", "owner/name"),
    ("acme/ballast", "acme/*", "repository", "owner/name"),
    ("::111122223333:role", "::444455556666:role", "administrators[0]", "another account"),
    ("[arn:aws:iam::111122223333:role/administrator]", "[]", "administrators", "at least one"),
    ("[arn:aws:iam", "[arn:aws-cn:iam", "administrators[0]", "another account or partition"),
    ("    prod:", "    prod-plan:", "environments.prod-plan", "environments of another stack"),
    ("    prod:", "    Prod:", "environments.Prod", "the name of a stack"),
    ("cluster: acme-prod", f"cluster: acme-prod{TWO}", "environments.staging.stateBucket", "the bucket of prod too"),
    ("acme-states-prod", "Acme", "environments.prod.stateBucket", "S3 bucket name"),
    ("      cluster: acme-prod\n", "", "environments.prod.cluster", "is missing"),
    ("names: acme-prod-", "names: acme-", "environments.prod.makes.names", "could change its policy"),
    ("names: acme-prod-", "names: acme", "environments.prod.makes.names", "a hyphen at the end"),
    ("names: acme-prod-", f"names: acme-prod-{MORE}", "environments.prod.makes.names", "begin the names of staging"),
    ("3333:policy", "3334:policy", "environments.prod.makes.permissionsBoundary", "no policy of the account"),
    ("stateBucket", "statesBucket", "environments.prod.statesBucket", "did you mean `stateBucket`"),
    ("  ballast-bootstrap:region: eu-central-1\n", "", "region", "Pulumi.example.yaml"),
]


@pytest.mark.parametrize(("old", "new", "key", "said"), WRONG)
def test_a_mistake_is_told_with_its_key_and_a_remedy(tmp_path, old, new, key, said):
    assert old in TEXT
    path = tmp_path / "Pulumi.acme.yaml"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(SettingsError) as found:
        read_account(path)
    told = str(found.value)
    assert "Pulumi.acme.yaml: 1 mistake\n" in told
    assert f"ballast-bootstrap:{key}\n" in told
    assert said in told
    assert "    -> " in told


def test_the_example_is_whole():
    assert set(example().environments) == {"prod"}


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_partition_follows_from_the_region(region, partition):
    assert example().model_copy(update={"region": region}).partition == partition
