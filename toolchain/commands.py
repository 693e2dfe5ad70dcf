"""What each command of the toolchain does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from toolchain import toolbox
from toolchain.cluster import Cluster
from toolchain.engine import Engine
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT, LOCAL_HOME, programs_root
from toolchain.progress import say
from toolchain.recipes import CLUSTER, DELIVERY, ENGINE, TELEMETRY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def build(only: Sequence[str] | None) -> None:
    """Build the named programs, or all there are."""
    toolbox.provide(only or (*ENGINE, *CLUSTER, *TELEMETRY, *DELIVERY))
    say(f"all programs are there (built ones in {programs_root()})")


def up(home: Path, port: int | None) -> None:
    """Start the local cluster in `home`."""
    toolbox.provide(CLUSTER)
    cluster = Cluster(home)
    cluster.start(port=port)
    say(f"the local cluster runs. To look at it:\n  export KUBECONFIG={cluster.kubeconfig}")


def down(home: Path) -> None:
    """Stop the local cluster in `home`."""
    running = any(Cluster(home).status().pids.values())
    Cluster(home).stop()
    say("the local cluster is stopped; its data stays, `make up` resumes" if running else "no local cluster runs")


def status(home: Path) -> int:
    """Show the parts of the local cluster in `home`; 3 when it is not ready, as service managers answer."""
    seen = Cluster(home).status()
    if seen.server is None:
        say(f"there is no local cluster in {home}; `make up` makes one")
        return 3
    say(f"local cluster at {seen.server}: {'ready' if seen.ready else 'not ready'} (kubeconfig {home / 'kubeconfig'})")
    for part, pid in seen.pids.items():
        say(f"  {part:<24} {f'pid {pid}' if pid else 'not running'}")
    if seen.ready:
        say(Cluster(home).kubectl("get", "pods", "--all-namespaces", "-o", "wide").stdout.rstrip() or "no pods")
    return 0 if seen.ready else 3


def clean() -> None:
    """Stop this checkout's local clusters and delete everything under `.ballast`."""
    if not LOCAL_HOME.exists():
        say(f"nothing to delete: there is no {LOCAL_HOME}")
        return
    for home in sorted(path.parent for path in LOCAL_HOME.rglob("tokens.csv")):
        say(f"stopping and deleting the local cluster in {home} with everything in it")
        Cluster(home).delete()
    say(f"deleting {LOCAL_HOME}: the local stacks' state and logs")
    shutil.rmtree(LOCAL_HOME)
    say(
        f"kept: the built programs in {programs_root()}; all checkouts share them, delete that folder to be rid of them"
    )


def pulumi(arguments: Sequence[str]) -> int:
    """Run Pulumi on the project with the local state; returns Pulumi's exit code."""
    if not (LOCAL_HOME / "engine").exists():
        raise ToolchainError("there are no local stacks yet; `make up` makes the first one")
    return Engine(LOCAL_HOME / "engine", CHECKOUT).run(*arguments, check=False, capture=False).returncode
