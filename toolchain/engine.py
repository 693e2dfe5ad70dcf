"""A Pulumi engine of one's own: local state, no cloud, nothing ambient."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from toolchain import processes
from toolchain.engine_leftovers import abandoned_stacks, torn_notes
from toolchain.engine_scratch import scratch
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT
from toolchain.python_tools import find_uv
from toolchain.recipes import KUBERNETES_PROVIDER_VERSION
from toolchain.toolbox import given, require

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.processes import Reader, Watch

# Stands in the repository for everyone to read: it protects nothing, and dev has nothing to protect.
DEV_PASSPHRASE = "ballast-dev"  # noqa: S105 - documented as public
AWS_PROVIDER_VERSION = "7.51.1"
# What would let the engine reach something that nobody named.
_AMBIENT = ("AWS_", "PULUMI_", "KUBE")


class Engine:
    """Pulumi on one project, with its state under `home`.

    Args:
        home: folder for state, plugins and settings of this engine; made if need be.
        project: folder of the Pulumi project.
    """

    def __init__(self, home: Path, project: Path) -> None:
        self.home = home.resolve()
        self.project = project.resolve()
        self.backend = self.home / "state"
        self._pulumi_home = self.home / "pulumi"
        self._bin = self.home / "bin"
        self.scratch = self.home / "tmp"

    def prepare(self) -> None:
        """Make the folders, keep the engine from logging, and register the Kubernetes provider.

        Raises:
            ToolchainError: a program is not built.
        """
        self.backend.mkdir(parents=True, exist_ok=True)
        self._without_log()
        self._assemble()
        self._register("kubernetes", KUBERNETES_PROVIDER_VERSION, require("pulumi-resource-kubernetes"))

    def use_aws(self, program: Path) -> None:
        """Let the program create AWS resources in a provider that stands in for AWS's."""
        self._register("aws", AWS_PROVIDER_VERSION, program)

    def environment(self) -> dict[str, str]:
        """The environment in which Pulumi runs: the caller's, without anything that points at a cloud or a cluster."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_AMBIENT)}
        folders = [CHECKOUT / ".venv" / "bin", self._bin, find_uv().parent]
        passphrase = {key: os.environ[key] for key in ("PULUMI_CONFIG_PASSPHRASE_FILE",) if key in os.environ}
        return (
            kept
            | (passphrase or {"PULUMI_CONFIG_PASSPHRASE": os.environ.get("PULUMI_CONFIG_PASSPHRASE", DEV_PASSPHRASE)})
            | {
                "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]),
                "PULUMI_HOME": str(self._pulumi_home),
                "PULUMI_BACKEND_URL": self.backend.as_uri(),
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                # Without it kubectl-like libraries fall back to ~/.kube/config.
                "KUBECONFIG": str(self.home / "no-kubeconfig"),
            }
        )

    def run(
        self,
        *args: str,
        check: bool = True,
        capture: bool = True,
        reader: Reader | None = None,
        watch: Watch | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGS` on the project.

        Args:
            args: command and options, as typed after `pulumi`.
            check: raise when it fails.
            capture: collect both outputs (stderr apart from stdout); without it they go to the terminal.
            reader: gets the lines of stdout as they come, instead of the terminal; only without `capture`.
            watch: asked every few seconds whether it waits in vain; then it is ended.

        Raises:
            ToolchainError: it failed and `check` is set; the message ends with what it said.
        """
        self.prepare()
        self._clear_leftovers()
        result = self._pulumi(*args, capture=capture, reader=reader, watch=watch)
        if check and result.returncode:
            said = f":\n{result.stdout}{result.stderr}".rstrip() if capture else "; what went wrong stands above"
            raise ToolchainError(f"`pulumi {' '.join(args)}` failed{said}")
        return result

    def _pulumi(
        self, *args: str, capture: bool, reader: Reader | None = None, watch: Watch | None = None
    ) -> subprocess.CompletedProcess[str]:
        with scratch(self.scratch) as place:
            process = subprocess.Popen(  # noqa: S603 - the toolchain's own pulumi
                self._command(*args),
                env=self.environment() | place.variables(),
                stdout=subprocess.PIPE if capture or reader else None,
                stderr=subprocess.PIPE if capture else None,
                text=True,
                errors="replace",
                pass_fds=(place.lock,),
            )
            return processes.finished(process, reader, watch)

    def _without_log(self) -> None:
        """Let a file stand where the engine makes a folder for its automatic log.

        The log holds every message at debug level, compressed, and took more of the engine's CPU than all its work
        (docs/decisions/0031). No variable switches it off; where there can be no folder the engine does without.
        """
        logs = self._pulumi_home / "logs"
        if logs.is_dir():
            shutil.rmtree(logs)
        logs.parent.mkdir(parents=True, exist_ok=True)
        logs.touch()

    def _command(self, *args: str) -> list[str]:
        return [str(given("pulumi") or self._bin / "pulumi"), "--cwd", str(self.project), *args]

    def _assemble(self) -> None:
        """Put Pulumi and its Python host side by side, as the official archive has them.

        Pulumi warns at every run about a host that lies elsewhere, and it looks through symbolic links.
        """
        if given("pulumi"):
            return
        self._bin.mkdir(parents=True, exist_ok=True)
        for source in [require("pulumi"), *require("pulumi-language-python").parent.iterdir()]:
            target = self._bin / source.name
            if target.exists() and target.stat().st_mtime_ns == source.stat().st_mtime_ns:
                continue
            target.unlink(missing_ok=True)
            try:
                target.hardlink_to(source)
            except OSError:
                # Another file system.
                shutil.copy2(source, target)

    def _register(self, name: str, version: str, program: Path) -> None:
        """Register a provider as `pulumi plugin install resource NAME VERSION --file PROGRAM` does.

        By a link instead of a copy: an engine per test would otherwise copy hundreds of megabytes each.
        """
        link = self._pulumi_home / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
        if link.is_symlink() and link.readlink() == program:
            return
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(program)

    def _clear_leftovers(self) -> None:
        for note in torn_notes(self.backend):
            note.unlink(missing_ok=True)
        for stack in abandoned_stacks(self.backend):
            self._pulumi("cancel", "--yes", "--stack", stack, capture=True)
