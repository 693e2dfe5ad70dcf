"""Throw-away certificates for servers on loopback, made by the openssl program where there is one."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def openssl() -> str | None:
    """Return the program, or None on a machine without it."""
    return shutil.which("openssl")


@dataclass(frozen=True)
class Authority:
    """A certificate authority in a folder of its own."""

    folder: Path

    @classmethod
    def found(cls, folder: Path) -> Authority:
        """Make a new authority."""
        folder.mkdir()
        _openssl(folder, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.crt", "-days", "1", "-subj", "/CN=ca")
        return cls(folder)

    def issue(self, target: Path, name: str) -> Path:
        """Write `tls.crt`, `tls.key` and `ca.crt` for a name, good for loopback, as cert-manager lays them out."""
        target.mkdir(exist_ok=True)
        _openssl(target, "req", *_KEY, "-keyout", "tls.key", "-out", "request", "-subj", f"/CN={name}")
        (target / "extensions").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
        by = ("-CA", str(self.folder / "ca.crt"), "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial")
        _openssl(
            target, "x509", "-req", "-in", "request", *by, "-out", "tls.crt", "-days", "1", "-extfile", "extensions"
        )
        shutil.copy(self.folder / "ca.crt", target / "ca.crt")
        return target


def server_context(folder: Path) -> ssl.SSLContext:
    """Return what a server needs that asks for a client certificate but does not insist, as OPTIONAL does."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.crt"))
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(folder: Path, *arguments: str) -> None:
    program = openssl()
    if program is None:
        raise RuntimeError("openssl is not on PATH")
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)
