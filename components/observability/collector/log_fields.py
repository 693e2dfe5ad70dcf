"""What stores of logs refuse is given another form: behind the masks, so that nothing passes them in that form."""

from __future__ import annotations

from typing import Any

MOST_FIELDS = 80
LARGEST_FIELDS = 40_000
"""Attributes of a log, and characters of all of them, that stay attributes. The store of logs refuses one with more
than 128 or 64 KiB, those of its resource among them; an embedding has a thousand."""

_FIELDS = 'log.cache["fields"]'
_STREAM = "log.iostream"


def storable() -> dict[str, Any]:
    """Return the processor for all stores: a log has a time, and a line in place of more fields than are taken."""
    too_many = f"Len(log.attributes) > {MOST_FIELDS} or Len(String(log.attributes)) > {LARGEST_FIELDS}"
    return {
        "error_mode": "ignore",
        "log_statements": [
            # Both are 1970 where an application sets neither.
            "set(log.time, log.observed_time) where log.time_unix_nano == 0",
            "set(log.time, Now()) where log.time_unix_nano == 0",
            "set(log.observed_time, log.time) where log.observed_time_unix_nano == 0",
            f"set({_FIELDS}, log.attributes) where {too_many}",
            *_in_the_body(),
        ],
    }


def searchable() -> dict[str, Any]:
    """Return the processor for Data Prepper: it makes fields of a body that is JSON, and of attributes it makes none.

    As text they are also no reason any more to refuse a whole batch, as a repeated key or bytes in one record are.
    """
    return {
        "error_mode": "ignore",
        "log_statements": [
            *(
                # A dot becomes @ there, so that a key with @ could be repeated too.
                statement
                for attributes in ("resource.attributes", "scope.attributes")
                for statement in (
                    f'replace_all_patterns({attributes}, "key", "@", "_")',
                    f"set({attributes}, ParseJSON(String({attributes})))",
                )
            ),
            "set(log.body, String(log.body)) where log.body != nil and not IsString(log.body)",
            f"set({_FIELDS}, log.attributes) where Len(log.attributes) > 0",
            # What the runtime says of a line is no field of it.
            f'set(log.cache["stream"], {_FIELDS}["{_STREAM}"]) where {_FIELDS} != nil',
            *(f'delete_key({_FIELDS}, "{key}") where {_FIELDS} != nil' for key in (_STREAM, "logtag")),
            f"set(log.attributes, {{}}) where {_FIELDS} != nil",
            f'delete_key(log.cache, "fields") where {_FIELDS} != nil and Len({_FIELDS}) == 0',
            *_in_the_body(),
            f'set(log.attributes["{_STREAM}"], log.cache["stream"]) where IsString(log.cache["stream"])',
        ],
    }


def _in_the_body() -> list[str]:
    """One JSON object of the text and the fields; the text has another name where a field has that of a text."""
    return [
        f'set({_FIELDS}["log.body"], log.body) where {_FIELDS} != nil and {_FIELDS}["message"] != nil',
        f'set({_FIELDS}["message"], log.body) where {_FIELDS} != nil and {_FIELDS}["message"] == nil',
        f"set(log.body, String({_FIELDS})) where {_FIELDS} != nil",
        f"set(log.attributes, {{}}) where {_FIELDS} != nil",
    ]
