"""How secrets are encrypted: a key that is this environment's own, and nothing but ciphertexts below `secure`."""

from __future__ import annotations

import re

import pytest

from tests.harness.declare import PROJECT

PROD_KEY = "secretsprovider: awskms://alias/ballast-prod?region=eu-central-1"
DEV_SALT = "encryptionsalt: v1:E1teNB3flW8=:v1:fFJeobr8M30u8DuP:GQ9XI8uxF0EHM9jdHt4KQT44JVxDxA=="
_FIRST, _SECOND, *_ = re.findall(r"(?m)^    secure: (\S+)$", (PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
KEY, OTHER = f"    secure: {_FIRST}\n", _SECOND
FIRST, SECOND = "ballast:opensearchAdminPassword.secure", "ballast:opensearchAutomationPassword.secure"
PLAIN = "encrypt it: pulumi config set --secret ballast:opensearchAdminPassword"

BROKEN = {
    "a key of a service that nobody knows": (
        "prod",
        PROD_KEY,
        "secretsprovider: vault://x",
        "secretsprovider",
        "none of",
    ),
    "a key without a name": ("prod", PROD_KEY, "secretsprovider: awskms://", "secretsprovider", "none of"),
    "a list of keys": ("prod", PROD_KEY, "secretsprovider: [a]", "secretsprovider", "is a list"),
    "no key": ("prod", PROD_KEY, "", "secretsprovider", "passphrase can't be taken back"),
    "production's key": (
        "staging",
        "alias/ballast-staging",
        "alias/ballast-prod",
        "secretsprovider",
        "the key of prod",
    ),
    "a tier below the stack's name": (
        "prod",
        "ballast:tier: prod",
        "ballast:tier: staging",
        "ballast:tier",
        "write prod",
    ),
    "values out of the environment itself": (
        "prod",
        "ballast:promotesFrom: staging",
        "ballast:promotesFrom: prod",
        "ballast:promotesFrom",
        "closes a circle (prod -> prod)",
    ),
    "a salt beside a key": ("prod", PROD_KEY, f"{PROD_KEY}\n{DEV_SALT}", "encryptionsalt", "another secretsprovider"),
    "no salt": ("dev", DEV_SALT, "", "encryptionsalt", "only it opens"),
    "a salt that is none": ("dev", DEV_SALT, "encryptionsalt: pepper", "encryptionsalt", "not what the engine writes"),
    "a data key beside a passphrase": (
        "dev",
        DEV_SALT,
        f"{DEV_SALT}\nencryptedkey: QUJDREVGR0hJSktMTU5PUA==",
        "encryptedkey",
        "another secretsprovider than passphrase",
    ),
    "no data key": ("dev", DEV_SALT, "secretsprovider: gcpkms://dev-key", "encryptedkey", "only it opens"),
    "an environment in the wrong place": (
        "dev",
        DEV_SALT,
        f"environment: dev\n{DEV_SALT}",
        "environment",
        "write the values below config",
    ),
    "imports of an environment of Pulumi ESC": (
        "prod",
        PROD_KEY,
        f"environment: [acme/prod]\n{PROD_KEY}",
        "environment",
        "write the values below config",
    ),
    "an environment of Pulumi ESC that is empty": (
        "prod",
        PROD_KEY,
        f"environment: []\n{PROD_KEY}",
        "environment",
        "no check, comparison or promotion would see",
    ),
    "another way to name resources": (
        "dev",
        '  pulumi:disable-default-providers: ["*"]',
        '  pulumi:disable-default-providers: ["*"]\n  pulumi:autonaming: {mode: disabled}',
        "pulumi:autonaming",
        "was tried without it",
    ),
    "plain text below secure": ("dev", KEY, "    secure: correct-horse\n", FIRST, PLAIN),
    "a list below secure": ("dev", KEY, "    secure: [correct-horse]\n", FIRST, PLAIN),
    "a section below secure": ("dev", KEY, "    secure: {a: correct-horse}\n", FIRST, PLAIN),
    "half a ciphertext": ("dev", KEY, "    secure: v1:qOH+NmTgluLE2A00\n", FIRST, PLAIN),
    "nothing below secure": ("dev", KEY, "    secure:\n", FIRST, "left empty"),
    "the same ciphertext twice": ("dev", KEY, f"    secure: {OTHER}\n", SECOND, "are one secret"),
}


@pytest.mark.parametrize(("environment", "old", "new", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_what_encrypts_no_secret_is_refused_at_its_key(refused, environment, old, new, key, words):
    said = refused(environment, [(old, new)], key)
    assert words in said
    assert "correct-horse" not in said


@pytest.mark.parametrize(
    "key",
    [
        "awskms:///arn:aws:kms:eu-central-1:111122223333:key/0-1?region=eu-central-1",
        "azurekeyvault://acme.vault.azure.net/keys/ballast",
        "gcpkms://projects/acme/locations/eu/keyRings/ballast/cryptoKeys/one",
        "hashivault://ballast",
    ],
)
def test_keys_of_every_service_that_the_engine_knows_are_accepted(mistakes, key):
    assert mistakes("prod", (PROD_KEY, f"secretsprovider: {key}")) == {}
