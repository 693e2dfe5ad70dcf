"""Throw-away certificates for servers on loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path


UNIT = "tests"
"""The authority writes one into every subject."""


@dataclass(frozen=True)
class Authority:
    """A certificate authority of one test."""

    made: trustme.CA = field(default_factory=trustme.CA)

    def issue(self, target: Path, name: str) -> Path:
        """Write `tls.crt`, `tls.key` and `ca.crt` for a name, good for loopback, as cert-manager lays them out."""
        from components.credentials.certificates import ORGANISATION

        target.mkdir(exist_ok=True)
        leaf = self.made.issue_cert(
            "127.0.0.1", common_name=name, organization_name=ORGANISATION, organization_unit_name=UNIT
        )
        leaf.private_key_pem.write_to_path(target / "tls.key")
        for number, blob in enumerate(leaf.cert_chain_pems):
            blob.write_to_path(target / "tls.crt", append=number > 0)
        self.made.cert_pem.write_to_path(target / "ca.crt")
        return target


def server_context(folder: Path) -> ssl.SSLContext:
    """Return what a server needs that asks for a client certificate but does not insist, as OPTIONAL does."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.crt"))
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def client_context(folder: Path) -> ssl.SSLContext:
    """Return what a client needs that comes with a certificate."""
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context
