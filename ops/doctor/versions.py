"""The engine that would run, and the Kubernetes that it would meet."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from ops.doctor.finding import good, unknown, wrong
from toolchain import toolbox
from toolchain.recipes import KUBERNETES_VERSION, PULUMI_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

OLDEST = (1, 30)
"""Admission policies (ValidatingAdmissionPolicy v1), by which the API server itself keeps data."""

_ANSWER_SECONDS = 30


def check_engine(context: DoctorContext) -> Iterator[Finding]:
    """Judge the Pulumi that `up` would be typed with."""
    del context
    what, install = "engine", f"Install the official Pulumi CLI {PULUMI_VERSION}: https://www.pulumi.com/docs/install"
    fitting, found = toolbox.find("pulumi"), shutil.which("pulumi")
    if fitting is not None:
        yield good(what, f"Pulumi {_version(str(fitting))}")
    elif found is None:
        yield wrong(what, "pulumi is not on PATH, and nothing else runs this program", install)
    else:
        problem = (
            f"{found} is Pulumi {_version(found)}, and this program needs {PULUMI_VERSION} or a later 3.x with "
            "pulumi-language-python beside it, or `up` ends before it begins"
        )
        yield wrong(what, problem, install)


def _version(program: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the pulumi that was found
            [program, "version"], capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return "of an unknown version"
    return done.stdout.strip() or "of an unknown version"


def check_kubernetes(context: DoctorContext) -> Iterator[Finding]:
    """Judge the version of the API server."""
    what, version = "Kubernetes", context.read("--raw", "/version")["gitVersion"]
    found, tried = _minor(version), _minor(KUBERNETES_VERSION)
    if found < OLDEST:
        problem = f"{version} serves no admission policies, by which data is kept, and `up` would fail at the first one"
        yield wrong(what, problem, f"Upgrade it to {'.'.join(map(str, OLDEST))} or later")
    elif found > tried:
        problem = f"{version} is newer than {KUBERNETES_VERSION}, with which this program was last tried"
        yield unknown(what, problem, "Read what it removed, and try a copy of this stack there first")
    else:
        yield good(what, version)


def _minor(version: str) -> tuple[int, int]:
    major, minor = re.findall(r"\d+", version)[:2]
    return int(major), int(minor)
