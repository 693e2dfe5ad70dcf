"""Files of any size over HTTP, both ways, hashed as they pass and never held in memory."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, BinaryIO

from components.foundation.jobkit.client import FIRST_ERROR
from components.foundation.jobkit.errors import RequestError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.foundation.jobkit.client import Client

BLOCK = 1024 * 1024
"""Bytes read at once."""


@dataclass(frozen=True)
class Received:
    """What came: its size in bytes and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


def download(client: Client, path: str, target: BinaryIO) -> Received:
    """Write what the server sends to `target`.

    Raises:
        RequestError: the server refused.
        UnreachableError: the connection broke, or ended before everything had come.
    """
    digest, size = hashlib.sha256(), 0
    connection = client.connection()
    try:
        connection.request("GET", path, headers=client.identification())
        response = connection.getresponse()
        if response.status >= FIRST_ERROR:
            raise RequestError("GET", path, response.status, response.read(300).decode(errors="replace"))
        promised = response.length
        while block := response.read(BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    except (OSError, HTTPException) as error:
        raise UnreachableError(f"GET {client.endpoint}{path} broke off after {size} bytes: {error}") from None
    finally:
        connection.close()
    if promised is not None and size != promised:
        raise UnreachableError(f"GET {client.endpoint}{path} broke off after {size} of {promised} bytes")
    return Received(size, digest.hexdigest())


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
