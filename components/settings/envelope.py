"""What Pulumi itself keeps in a stack file, and how its secrets are encrypted; what they hold is never read."""

import re
from collections.abc import Iterator
from typing import TypeGuard

from components.settings.document import Document
from components.settings.environment import NAMESPACE, Tier
from components.settings.explain import unknown_key
from components.settings.report import Mistake
from components.settings.shown import described, shown

#: What Pulumi itself keeps in a stack file.
ENVELOPE = ("config", "secretsprovider", "encryptionsalt", "encryptedkey", "environment")
#: With it a resource that was given no provider is an error, instead of going to some ambient cluster.
NO_DEFAULT_PROVIDERS = "pulumi:disable-default-providers"
#: Names for no key at all: the engine then asks for a passphrase.
PASSPHRASES = (None, "", "default", "passphrase")
_KINDS = ("awskms", "azurekeyvault", "gcpkms", "hashivault")
_PROVIDER = rf"({'|'.join(_KINDS)})://[A-Za-z0-9_.:/?=&%@+-]+"
_BASE64 = "[A-Za-z0-9+/]"
#: A nonce of 12 bytes, and what is encrypted with its tag (Pulumi, `symmetricCrypter`).
_CIPHERTEXT = rf"v1:{_BASE64}{{16}}:{_BASE64}{{22,}}={{0,2}}"
_FORMS = {"encryptionsalt": rf"v1:{_BASE64}{{11}}=:{_CIPHERTEXT}", "encryptedkey": rf"{_BASE64}{{16,}}={{0,2}}"}


def config(document: Document) -> dict[str, object]:
    """What stands below `config`, empty where that is no section."""
    found = document.data.get("config")
    return found if isinstance(found, dict) else {}


def beside_the_settings(document: Document) -> dict[str, object]:
    """What Pulumi itself keeps in the file, and keys that are neither its own nor ours."""
    others = {key: value for key, value in config(document).items() if not key.startswith(f"{NAMESPACE}:")}
    return {key: value for key, value in document.data.items() if key != "config"} | others


def about_the_envelope(document: Document, stack: str) -> Iterator[Mistake]:
    """Mistakes in what Pulumi itself keeps in a stack file: its keys, how secrets are encrypted, and what they hold.

    Args:
        document: The file.
        stack: Name of its stack.
    """
    for key in document.data:
        if key not in ENVELOPE:
            yield Mistake((key,), *unknown_key(key, ENVELOPE))
    if not isinstance(document.data.get("config"), dict):
        yield Mistake(("config",), "must be a section of keys", "indent all settings below config:")
    if "environment" in document.data:
        problem = "imports values of Pulumi ESC, which no check, comparison or promotion would see"
        yield Mistake(("environment",), problem, "write the values below config; a stack is named by its file")
    settings = config(document)
    for key in settings:
        if key.startswith("pulumi:") and key not in (NO_DEFAULT_PROVIDERS, "pulumi:tags"):
            problem = "changes how the engine itself works, and what is declared and guarded here was tried without it"
            yield Mistake((key,), problem, f"remove it; known are {NO_DEFAULT_PROVIDERS} and pulumi:tags")
        elif not key.startswith((f"{NAMESPACE}:", "pulumi:")):
            remedy = (
                f"did you mean `{NAMESPACE}:{shown(key.rpartition(':')[2])}`? keys begin with {NAMESPACE}: or pulumi:"
            )
            yield Mistake((key,), "unknown key: nothing reads it", remedy)
    if settings.get(NO_DEFAULT_PROVIDERS) != ["*"]:
        yield Mistake(
            (NO_DEFAULT_PROVIDERS,),
            'must be ["*"]: otherwise a resource without a provider would go to an ambient cluster',
            f'write {NO_DEFAULT_PROVIDERS}: ["*"]',
        )
    secrets = {key: value["secure"] for key, value in settings.items() if _is_encrypted(value)}
    yield from _about_the_key(document, stack, has_secrets=bool(secrets))
    yield from _about_ciphertexts(secrets)


def _is_encrypted(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict) and list(value) == ["secure"]


def _about_the_key(document: Document, stack: str, *, has_secrets: bool) -> Iterator[Mistake]:
    data, tier = document.data, str(config(document).get(f"{NAMESPACE}:tier"))
    provider = data.get("secretsprovider")
    example = f"write for example secretsprovider: awskms://alias/{NAMESPACE}-{stack}?region=eu-central-1"
    if provider in PASSPHRASES:
        if tier != Tier.DEV:
            problem = f"{stack} must name a key that people can be given and denied; a passphrase can't be taken back"
            yield Mistake(("secretsprovider",), problem, example)
        kept, other = "encryptionsalt", "encryptedkey"
    elif isinstance(provider, str) and re.fullmatch(_PROVIDER, provider):
        kept, other = "encryptedkey", "encryptionsalt"
        words = set(re.split("[^a-z0-9]+", provider.lower()))
        for other_tier in set(Tier) & words - {tier, *stack.lower().split("-")}:
            problem = f"is {provider}, by its name the key of {other_tier}; whoever has that one could read these too"
            yield Mistake(("secretsprovider",), problem, example)
    else:
        known = ", ".join(f"{kind}://" for kind in _KINDS)
        yield Mistake(("secretsprovider",), f"is {described(provider)}, which is none of passphrase, {known}", example)
        return
    if has_secrets and data.get(kept) is None:
        remedy = "bring it back from the file's history; without it no secret can be read"
        yield Mistake((kept,), "is missing, but there are secrets that only it opens", remedy)
    elif data.get(kept) is not None and re.fullmatch(_FORMS[kept], str(data[kept])) is None:
        yield Mistake((kept,), "is not what the engine writes there", "bring it back from the file's history")
    if data.get(other) is not None:
        problem = (
            f"belongs to another secretsprovider than {provider or 'passphrase'}; only one can have made the secrets"
        )
        yield Mistake((other,), problem, "remove what the secrets were not encrypted with")


def _about_ciphertexts(secrets: dict[str, object]) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for key, secret in secrets.items():
        command = f"pulumi config set --secret {key}"
        if not isinstance(secret, str) or re.fullmatch(_CIPHERTEXT, secret) is None:
            problem = (
                "holds no ciphertext; if it is the secret itself, whoever reads the file or its history now knows it"
            )
            yield Mistake((key, "secure"), problem, f"choose a new one and encrypt it: {command}")
        elif secret in first:
            problem = f"is the same ciphertext as that of {first[secret]}, so that the two are one secret"
            yield Mistake((key, "secure"), problem, f"choose another one: {command}")
        else:
            first[secret] = key
