"""Files of any size over HTTP, never held in memory."""

from __future__ import annotations

import json
import secrets
from http.client import HTTPException
from typing import TYPE_CHECKING, BinaryIO

from components.foundation.jobkit.client import FIRST_ERROR
from components.foundation.jobkit.errors import RequestError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.foundation.jobkit.client import Client

BLOCK = 1024 * 1024
"""Bytes read at once."""


def upload(client: Client, path: str, source: BinaryIO, size: int, name: str) -> object:
    """Send `size` bytes of `source` as the file of a form, in the field `snapshot`, and return the parsed answer.

    Raises:
        RequestError: the server refused.
        UnreachableError: the connection broke.
    """
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="snapshot"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        while block := source.read(BLOCK):
            yield block
        yield tail

    headers = {
        **client.identification(),
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + size + len(tail)),
    }
    connection = client.connection()
    try:
        connection.request("POST", path, body=body(), headers=headers)
        response = connection.getresponse()
        raw = response.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        raise UnreachableError(f"POST {client.endpoint}{path} broke off: {error}") from None
    finally:
        connection.close()
    if response.status >= FIRST_ERROR:
        raise RequestError("POST", path.partition("?")[0], response.status, raw[:300])
    try:
        return json.loads(raw)
    except ValueError:
        return raw
