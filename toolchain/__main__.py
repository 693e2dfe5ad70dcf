"""Command line of the toolchain: `python3 -m toolchain COMMAND`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from toolchain import commands
from toolchain.deploy import deploy as run_deploy
from toolchain.deploy import prepare, sync
from toolchain.errors import ToolchainError
from toolchain.paths import LOCAL_HOME
from toolchain.processes import interrupt_on_signals
from toolchain.recipes import RECIPES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m toolchain", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    build = subparsers.add_parser("build", help="build the programs that this machine lacks")
    build.add_argument("--only", nargs="+", metavar="NAME", help=f"only these: {', '.join(RECIPES)}")
    build.set_defaults(run=lambda options: commands.build(options.only))

    up = subparsers.add_parser("up", help="build what is missing and start the local cluster")
    up.add_argument("--port", type=int, help="port of the API server (default: a free one)")
    up.set_defaults(run=lambda options: commands.up(options.home, options.port))

    down = subparsers.add_parser("down", help="stop the local cluster; its data stays")
    down.set_defaults(run=lambda options: commands.down(options.home))

    status = subparsers.add_parser("status", help="what runs, where, since when")
    status.set_defaults(run=lambda options: commands.status(options.home))
    for command in (up, down, status):
        command.add_argument("--home", type=Path, default=LOCAL_HOME / "cluster", help="folder of the cluster")

    clean = subparsers.add_parser("clean", help="stop everything and delete this checkout's cluster and state")
    clean.set_defaults(run=lambda _: commands.clean())

    packages = subparsers.add_parser("packages", help="install the locked Python packages into .venv")
    packages.set_defaults(run=lambda _: sync())

    deploy = subparsers.add_parser("deploy", help="bring the platform up: what `make up` runs")
    deploy.set_defaults(run=lambda options: run_deploy(options.stack))

    ready = subparsers.add_parser("prepare", help="what a preview of a local stack needs: `make up` without the update")
    ready.set_defaults(run=lambda options: prepare(options.stack) and 0)
    for command in (deploy, ready):
        command.add_argument("--stack", default="dev", help="which Pulumi.<stack>.yaml (default: dev)")

    pulumi = subparsers.add_parser("pulumi", help="run Pulumi as `make up` does on the local cluster", add_help=False)
    pulumi.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    pulumi.set_defaults(run=lambda options: commands.pulumi(options.arguments))
    return parser


def main() -> int:
    """Run one command; returns the exit code."""
    interrupt_on_signals()
    options = _parser().parse_args()
    try:
        return options.run(options) or 0
    except ToolchainError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; what is finished stays, run the same command again to go on\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
