"""Prod with its buckets made, as declared, by both ways to take on a role."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace

import boto3
import moto.core.authorization
import pytest

from components.settings.read import read_stack
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT, declare_stack
from tests.harness.made_buckets import IRSA, POD_IDENTITY, copied, made
from tests.harness.managed_search import managed

PROD = (PROJECT / "Pulumi.prod.yaml").read_text(encoding="utf-8")


def settings_of(text, folder):
    file = folder / "Pulumi.prod.yaml"
    file.write_text(text, encoding="utf-8")
    return read_stack(file, SECRETS)


def refused_at(key, text, folder):
    """What a file is refused with at a key, problem and remedy."""
    with pytest.raises(SettingsError) as caught:
        settings_of(text, folder)
    assert "Traceback" not in str(caught.value)
    found = {one.key: f"{one.problem} {one.remedy}" for one in caught.value.mistakes}
    assert key in found, found
    return found[key]


@pytest.fixture(scope="package")
def irsa(tmp_path_factory):
    return declare_stack(settings_of(made(PROD, IRSA), tmp_path_factory.mktemp("irsa")), "prod")


@pytest.fixture(scope="package")
def pod_identity(tmp_path_factory):
    # With a prefix, by which names in the cluster differ from those in the file.
    text = made(PROD, POD_IDENTITY).replace("{name: gp3-retain", "{name: eu-gp3-retain")
    text = text.replace("  ballast:cluster:", "  ballast:namespacePrefix: eu-\n  ballast:cluster:", 1)
    return declare_stack(settings_of(text, tmp_path_factory.mktemp("pod-identity")), "prod")


@pytest.fixture(scope="package")
def with_copies(tmp_path_factory):
    return declare_stack(settings_of(copied(made(PROD)), tmp_path_factory.mktemp("copies")), "prod")


@pytest.fixture(scope="package")
def with_domain(tmp_path_factory):
    return declare_stack(settings_of(managed(made(PROD)), tmp_path_factory.mktemp("domain")), "prod")


@pytest.fixture(params=["irsa", "pod_identity"])
def declared(request):
    """Every test that takes it runs on both."""
    return request.getfixturevalue(request.param)


def without_conditional_refusals(one):
    if one.kind != "BucketPolicy":
        return one
    fence = json.loads(one.inputs["policy"])
    fence["Statement"] = [statement for statement in fence["Statement"] if "Condition" not in statement]
    assert fence["Statement"]
    return replace(one, inputs={**one.inputs, "policy": json.dumps(fence)})


@pytest.fixture
def as_role(account, monkeypatch):
    """Let what runs here have the credentials of a role, and AWS ask for its rights."""

    @contextmanager
    def taken_on(role):
        arn = account.client("iam").get_role(RoleName=role)["Role"]["Arn"]
        found = account.client("sts").assume_role_with_web_identity(
            RoleArn=arn, RoleSessionName="a-job", WebIdentityToken="a token of the pod's service account"
        )["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", found["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", found["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", found["SessionToken"])
        with moto.core.authorization.enable_iam_authentication():
            yield boto3.session.Session()

    return taken_on
