"""Whether the registries of all images are known by name and answer; nodes may see another network than this one."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ops.doctor.finding import good, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

DOCKER_HUB = "docker.io"
"""Where images without a registry come from."""

_ANSWER_SECONDS = 5.0
_HTTPS = 443


def check_registries(context: DoctorContext) -> Iterator[Finding]:
    """Resolve the name of each registry and open a connection to it."""
    images = {
        container["image"]
        for one in context.declared
        for kind in ("containers", "initContainers")
        for container in (one.pod or {}).get(kind) or []
    }
    registries: dict[str, list[str]] = {}
    for image in sorted(images):
        registries.setdefault(registry(image), []).append(image)
    with ThreadPoolExecutor(len(registries) or 1) as pool:
        yield from pool.map(_judged, registries, registries.values())


def registry(image: str) -> str:
    """Return the host of the registry that an image comes from, with its port where it names one."""
    first, slash, _ = image.partition("/")
    named = slash and ("." in first or ":" in first or first == "localhost")
    return first if named and not first.endswith(DOCKER_HUB) else DOCKER_HUB


def _judged(host: str, images: list[str]) -> Finding:
    what, name = f"registry {host}", host.partition(":")[0]
    port = int(host.rpartition(":")[2]) if ":" in host else _HTTPS
    example = f"{len(images)} images such as {images[0]}"
    try:
        socket.create_connection((name, port), timeout=_ANSWER_SECONDS).close()
    except socket.gaierror as error:
        if error.errno != socket.EAI_NONAME:
            problem = f"no name server answers this machine ({error.strerror}); {example} come from there"
            return unknown(what, problem, "Nodes may know it all the same; ask one: crictl pull")
        problem = f"no name server knows it here, and {example} would not be pulled"
        return wrong(what, problem, "Correct the image's name or ballast:images, or ask a node: crictl pull")
    except OSError as error:
        problem = f"does not answer this machine ({error.strerror or error}); {example} come from there"
        return unknown(what, problem, "Nodes may reach it all the same; ask one: crictl pull")
    return good(what, f"answers this machine; {example}")
