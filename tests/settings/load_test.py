"""The running stack: the same report from the engine's configuration, as one error without a traceback."""

import base64
import hashlib
import json
from types import MappingProxyType

import pulumi
import pytest
import yaml
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from components.settings.load import load_secrets, load_stack
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from components.stores.opensearch.password_rules import password_of
from toolchain.engine import DEV_PASSPHRASE

from .conftest import PROJECT

DECRYPTED = "correct-horse-battery"


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """Hands a stack file to the program as the engine does: scalars as text, sections as JSON, secrets decrypted."""
    monkeypatch.chdir(tmp_path)

    def run(file, *, missing=(), plain=(), ending="", secrets=MappingProxyType({})):
        config = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
        config |= {f"ballast:{name}": f"{secrets.get(name, DECRYPTED)}{ending}" for name in SECRETS}
        for name in missing:
            del config[f"ballast:{name}"]
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        secret = [f"ballast:{name}" for name in SECRETS if name not in plain]
        monkeypatch.setattr(pulumi, "get_stack", lambda: file.name.split(".")[1])
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps(texts))
        monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps(secret))

    return run


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_engine_and_the_file_give_the_same_settings(engine, stack):
    file = PROJECT / f"Pulumi.{stack}.yaml"
    engine(file)
    assert load_stack() == read_stack(file, SECRETS)


def test_two_mistakes_stand_in_one_error_with_their_lines(engine, changed):
    file = changed("prod", ("heap: 4Gi", "heap: 5Gi"), ("disk: 100Gi", "disk: 100GB"))
    engine(file)
    with pytest.raises(pulumi.RunError) as caught:
        load_stack()
    lines = file.read_text().splitlines()
    for key, text in (("heap", "heap: 5Gi"), ("disk", "disk: 100GB")):
        line = next(number for number, content in enumerate(lines, 1) if text in content)
        assert f"line {line}, ballast:opensearch.pools.data.{key}" in str(caught.value)


def test_a_name_of_another_tier_is_refused_by_preview_and_up(engine, changed):
    engine(changed("prod", ("bucket: acme-prod-logs", "bucket: acme-staging-east-logs")))
    with pytest.raises(pulumi.RunError, match="by its name that of staging"):
        load_stack()


def test_lines_of_another_file_than_the_engine_read_are_not_given(engine, changed, tmp_path):
    file = changed("prod", ("heap: 4Gi", "heap: 5Gi"))
    engine(file)
    (tmp_path / file.name).write_text(file.read_text().replace("heap: 5Gi", "heap: 6Gi"))
    with pytest.raises(pulumi.RunError) as caught:
        load_stack()
    assert "ballast:opensearch.pools.data.heap" in str(caught.value)
    assert "line " not in str(caught.value)


def test_a_missing_and_a_plain_secret_are_refused_and_not_repeated(engine):
    engine(PROJECT / "Pulumi.prod.yaml", missing=["opensearchAdminPassword"], plain=["opensearchMetricsPassword"])
    with pytest.raises(pulumi.RunError) as caught:
        load_stack()
    said = str(caught.value)
    assert "Pulumi.prod.yaml: 2 mistakes" in said
    assert "pulumi config set --secret ballast:opensearchAdminPassword --stack prod" in said
    assert DECRYPTED not in said


def test_secrets_of_a_section_that_is_left_out_need_not_be_there(engine):
    missing = {name for name, secret in SECRETS.items() if secret.section is not None}
    engine(PROJECT / "Pulumi.prod.yaml", missing=missing)

    @pulumi.runtime.test
    def run() -> None:
        assert set(load_secrets()) == set(SECRETS) - missing

    run()
    assert missing


def test_secrets_are_outputs_by_name(engine):
    engine(PROJECT / "Pulumi.prod.yaml")

    @pulumi.runtime.test
    def run() -> None:
        secrets = load_secrets()
        assert set(secrets) == set(SECRETS)
        for value in secrets.values():
            assert isinstance(value, pulumi.Output)

    run()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
def test_a_line_break_at_the_end_is_no_part_of_a_secret(engine, ending):
    engine(PROJECT / "Pulumi.prod.yaml", ending=ending)
    found = []

    @pulumi.runtime.test
    def run() -> pulumi.Output[None]:
        secrets = load_secrets()
        return pulumi.Output.all(*secrets.values()).apply(found.extend)

    run()
    assert len(found) == len(SECRETS)
    assert set(found) == {DECRYPTED}


USERS = {
    "opensearchAdminPassword": "admin",
    "opensearchApplicationsPassword": "applications",
    "opensearchAutomationPassword": "automation",
    "opensearchConsolePassword": "console",
    "opensearchLogsPassword": "logs",
    "opensearchMetricsPassword": "metrics",
}


@pytest.mark.parametrize(("name", "user"), USERS.items())
def test_a_password_that_opensearch_would_refuse_is_refused_before_anything_is_made(engine, name, user):
    refused = {
        f"48jE0QCagW9NSV4t-{user.upper()}": f"holds its user's name, {user}",
        f"48jE0QCagW9NSV4t-{user[::-1]}": f"holds its user's name, {user}",
        "sunshine7": "is guessed too easily",
        "48jE0QCagW9NSV4t" * 7: "has 112 characters, and OpenSearch takes at most 100",
    }
    for password, why in refused.items():
        engine(PROJECT / "Pulumi.prod.yaml", secrets={name: password})
        with pytest.raises(pulumi.RunError) as caught:
            load_stack()
        said = str(caught.value)
        assert "1 mistake" in said
        assert why in said
        assert f"pulumi config set --secret ballast:{name} --stack prod" in said
        assert password not in said


def test_every_user_of_opensearch_is_judged():
    assert {name for name, secret in SECRETS.items() if secret.fault} == set(USERS)


def test_the_passwords_of_dev_are_none_that_opensearch_would_refuse():
    document = yaml.safe_load((PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    # As Pulumi's passphrase provider seals: a key out of the passphrase and a salt, AES-GCM with a nonce in front.
    salt = base64.b64decode(document["encryptionsalt"].split(":")[1])
    key = AESGCM(hashlib.pbkdf2_hmac("sha256", DEV_PASSPHRASE.encode(), salt, 1_000_000, 32))
    judged = {}
    for name in USERS.keys() & {name.removeprefix("ballast:") for name in document["config"]}:
        _, nonce, sealed = document["config"][f"ballast:{name}"]["secure"].split(":")
        password = key.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
        judged[name] = password_of(USERS[name])(password)
    assert judged == {name: None for name in USERS if SECRETS[name].section is None}
