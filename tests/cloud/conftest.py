"""Prod with its buckets made, as declared, by both ways to take on a role."""

from __future__ import annotations

import pytest

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT, declare_stack
from tests.harness.made_buckets import IRSA, POD_IDENTITY, copied, made
from tests.harness.managed_search import managed

PROD = (PROJECT / "Pulumi.prod.yaml").read_text(encoding="utf-8")


def settings_of(text, folder):
    file = folder / "Pulumi.prod.yaml"
    file.write_text(text, encoding="utf-8")
    return read_stack(file, SECRETS)


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
