"""Programs on loopback that are asked what Prometheus asks."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from toolchain import ports, toolbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE_SECONDS = 60.0

ACCEPTED = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
"""What Prometheus 3 says it accepts: a program may call its counters otherwise in another format."""


@contextmanager
def running(place: Path, program: str, *arguments: str) -> Iterator[None]:
    with (place / f"{program}.log").open("w") as log:
        process = subprocess.Popen(
            [toolbox.require(program), *arguments], stdout=log, stderr=subprocess.STDOUT, cwd=place
        )
        try:
            yield
        except Exception:
            sys.stderr.write((place / f"{program}.log").read_text()[-3000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def ask(port: int, path: str, body: Any = None) -> str:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://{ports.LOOPBACK}:{port}{path}",
        data=data,
        headers={"Content-Type": "application/json", "Accept": ACCEPTED},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()


def until(port: int, path: str, shown: Callable[[str], bool], again: Callable[[], object] | None = None) -> str:
    """Return what the port says as soon as it says what is waited for; `again` is done before each look."""
    end = time.monotonic() + PATIENCE_SECONDS
    answer = ""
    while time.monotonic() < end:
        try:
            if again is not None:
                again()
            answer = ask(port, path)
        except OSError as error:
            answer = str(error)
        if shown(answer):
            return answer
        time.sleep(0.2)
    raise TimeoutError(f"port {port} never said what was waited for, but: {answer[-1500:]}")
