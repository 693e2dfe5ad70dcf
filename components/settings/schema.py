"""The JSON schema of a whole stack file, from which editors complete keys and mark mistakes."""

from typing import Any

from components.settings.environment import NAMESPACE
from components.settings.fields import fields
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings

_SECURE = {
    "type": "object",
    "required": ["secure"],
    "additionalProperties": False,
    "properties": {"secure": {"type": "string", "minLength": 1}},
}
_ENVELOPE = {
    "secretsprovider": "The key that encrypts the secrets of this file, for example awskms://alias/NAME?region=REGION.",
    "encryptionsalt": "Belongs to a passphrase; written by the engine.",
    "encryptedkey": "The data key, encrypted by the secrets provider; written by the engine.",
}


def stack_schema() -> dict[str, Any]:
    """The schema; `x-travels` beside a key says how it travels between environments."""
    model = StackSettings.model_json_schema(by_alias=True)
    for field in fields(StackSettings):
        section = model if field.model is StackSettings else model["$defs"][field.model.__name__]
        section["properties"][field.path[-1]]["description"] = field.meaning
    definitions = {name: _tidied(definition) for name, definition in model["$defs"].items()}
    keys: dict[str, Any] = {"pulumi:disable-default-providers": {"const": ["*"]}}
    keys |= {f"{NAMESPACE}:{name}": _tidied(schema) for name, schema in model["properties"].items()}
    # Secrets are left out: a file without them is complete but for what only its key's holder can add.
    required = ["pulumi:disable-default-providers", *(f"{NAMESPACE}:{name}" for name in model["required"])]
    for name, secret in SECRETS.items():
        readers = ", ".join(secret.readers)
        needed = f" Needed with {NAMESPACE}:{secret.section}." if secret.section else ""
        about = f"Secret: {secret.purpose}. Read by: {readers}.{needed}"
        keys[f"{NAMESPACE}:{name}"] = {**_SECURE, "description": about, "x-travels": secret.label}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of Ballast",
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
        "properties": {
            **{name: {"type": "string", "description": about} for name, about in _ENVELOPE.items()},
            "config": {
                "type": "object",
                "required": required,
                "additionalProperties": False,
                "patternProperties": {"^pulumi:tags$": {}},
                "properties": keys,
            },
        },
        "$defs": definitions,
    }


def _tidied(schema: Any) -> Any:  # noqa: ANN401 - any piece of a JSON schema
    """Drop the titles that pydantic derives from names, and close sections of named entries to other names.

    An editor would show the titles in place of the keys.
    """
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # A title that is a mapping is a key of the stack file that happens to be called so.
    closed = {"additionalProperties": False} if "patternProperties" in schema else {}
    return {k: _tidied(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))} | closed
