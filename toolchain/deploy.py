"""From a checkout to a running platform: what `make up` does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from toolchain import processes, stack_file, toolbox
from toolchain.cluster import Cluster
from toolchain.engine import Engine
from toolchain.engine_scratch import scratch
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT, LOCAL_HOME
from toolchain.progress import elapsed, say
from toolchain.python_tools import find_uv
from toolchain.recipes import CLUSTER, ENGINE
from toolchain.summary import summary
from toolchain.update_log import reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PYTHON = CHECKOUT / ".venv" / "bin" / "python"


def deploy(stack: str) -> int:
    """Bring a stack up; returns the exit code.

    A stack whose cluster is `local` gets the toolchain's cluster and engine and is brought up without a question. Any
    other stack is left to the caller's own Pulumi settings, and Pulumi asks before it changes anything.

    Raises:
        ToolchainError: the stack file has mistakes, a program can't be had, or Pulumi failed.
    """
    started = time.monotonic()
    place = prepare(stack)
    if place is None:
        return _deploy_named(stack)
    engine, cluster = place
    up(engine, cluster, stack)
    say(summary(cluster, engine, stack))
    say(f"\nup in {elapsed(time.monotonic() - started)}")
    return 0


def prepare(stack: str) -> tuple[Engine, Cluster] | None:
    """Give a stack what it is previewed and brought up on: its engine and the local cluster, as they stand or empty.

    Returns:
        Both; None for a stack whose cluster is not `local`, for which nothing is started.

    Raises:
        ToolchainError: the stack file has mistakes, or a program can't be had.
    """
    path = stack_file.stack_path(CHECKOUT, stack)
    sync()
    check(path)
    content = stack_file.read(path, _PYTHON)
    if not content.is_local:
        return None
    toolbox.provide((*ENGINE, *CLUSTER))
    engine = Engine(LOCAL_HOME / "engine", CHECKOUT)
    select(engine, stack)
    cluster = Cluster(LOCAL_HOME / "cluster")
    cluster.start(zones=content.zones)
    return engine, cluster


def up(engine: Engine, cluster: Cluster, stack: str) -> None:
    """Bring a stack up on the local cluster, and wait for no cluster of which a part has died.

    Raises:
        ToolchainError: Pulumi failed, or a part of the cluster ended.
    """
    ended: list[str] = []

    def is_broken() -> bool:
        # Once: what dies of the first one's death is no news.
        if not ended and (parts := cluster.ended()):
            ended.extend(f"{part} (its log: {log})" for part, log in parts.items())
            say(f"{' and '.join(ended)} of the local cluster ended in the middle of the update, which is ended too …")
        return bool(ended)

    # Nobody is asked, so nobody would read a preview first.
    options = ("--yes", "--skip-preview", "--stack", stack)
    result = engine.run("up", *options, check=False, capture=False, reader=reader(sys.stdout), watch=is_broken)
    # It may have failed before anybody looked again.
    if ended or (result.returncode and is_broken()):
        raise ToolchainError(
            f"the local cluster broke: {' and '.join(ended)} ended. What was made until then is noted, and nothing is "
            "lost. Run make up again: it starts what is missing and goes on from there."
        )
    if result.returncode:
        raise ToolchainError(f"`pulumi up {' '.join(options)}` failed; what went wrong stands above")


def sync() -> None:
    """Make the project's virtual environment what the lock file says.

    Raises:
        ToolchainError: a package can't be had.
    """
    _run(
        [str(find_uv()), "sync", "--frozen", "--compile-bytecode", "--quiet"], "the Python packages can't be installed"
    )


def check(path: Path) -> None:
    """Have the platform judge its stack file, before anything is started.

    Raises:
        ToolchainError: it has mistakes; they have been printed.
    """
    command = [str(_PYTHON), "-m", "ops", "check", path.name]
    _run(command, f"{path.name} has mistakes (see above); nothing was started or changed")


def _run(command: Sequence[str], complaint: str, environment: Mapping[str, str] | None = None) -> None:
    if subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode:  # noqa: S603 - built here
        raise ToolchainError(complaint)


def select(engine: Engine, stack: str) -> None:
    """Make the stack if there is none yet, and see that its secrets can be read.

    Raises:
        ToolchainError: the passphrase is wrong, or Pulumi refuses the stack.
    """
    # The second command decrypts every secret, and what it says stays here.
    for command in (("stack", "select", "--create", stack), ("config", "--show-secrets", "--json", "--stack", stack)):
        result = engine.run(*command, check=False)
        if "incorrect passphrase" in result.stderr:
            raise ToolchainError(
                f"the passphrase does not fit Pulumi.{stack}.yaml. PULUMI_CONFIG_PASSPHRASE or "
                "PULUMI_CONFIG_PASSPHRASE_FILE is set in your environment and overrides the one that dev comes with: "
                "unset it, or set it to the right one."
            )
        if result.returncode:
            raise ToolchainError(f"the stack {stack} can't be used:\n{result.stderr.strip()}")


def _deploy_named(stack: str) -> int:
    say(
        f"{stack} names a cluster of its own: the local cluster is left alone; backend, credentials and secrets "
        "provider are those of your own Pulumi environment, and Pulumi asks before it changes anything."
    )
    programs = ("pulumi", "pulumi-language-python")
    toolbox.provide(programs)
    folders = [_PYTHON.parent, *(toolbox.require(name).parent for name in programs), find_uv().parent]
    # The stack file names its kubeconfig; one from the environment must not stand in for it.
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    environment["PATH"] = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    command = [str(toolbox.require("pulumi")), "up", "--stack", stack]
    with scratch(LOCAL_HOME / "tmp") as place:
        process = subprocess.Popen(  # noqa: S603 - built here
            command, cwd=CHECKOUT, env=environment | place.variables(), text=True, pass_fds=(place.lock,)
        )
        return processes.finished(process).returncode
