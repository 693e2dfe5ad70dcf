"""Certificates of authorities, as text in a stack file."""

import re
import ssl
from typing import Annotated

from pydantic import AfterValidator

from components.settings.base import refuse
from components.settings.shown import described

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----")
_REMEDY = "write what the authority's file ca.crt holds behind a |, each line indented alike"


def _of_authorities(text: str) -> str:
    if "PRIVATE KEY" in text:
        return refuse(
            "holds a private key, and whoever reads the file or its history now knows it",
            "let the authority have a new key, and write its certificate alone",
        )
    blocks = _BLOCK.findall(text)
    if not blocks or _BLOCK.sub("", text).strip():
        return refuse(f"must be certificates in PEM and nothing else, but is {described(text.strip())}", _REMEDY)
    held = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        held.load_verify_locations(cadata="\n".join(blocks))
    except ssl.SSLError:
        return refuse("holds a certificate that can't be read; perhaps a line of it is missing", _REMEDY)
    counted = held.cert_store_stats()
    if counted["x509_ca"] < counted["x509"]:
        return refuse(
            "holds the certificate of a server, which is another one after each renewal",
            "write that of the authority that signed it",
        )
    return text


#: What clients trust in place of public authorities: one or more, such as the old and the new one while it changes.
Authorities = Annotated[str, AfterValidator(_of_authorities)]
