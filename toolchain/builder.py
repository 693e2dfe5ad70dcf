"""Builds programs into the cache folder, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from toolchain.disk import require_room
from toolchain.errors import ToolchainError
from toolchain.golang import Go, find_go
from toolchain.locking import locked
from toolchain.paths import MODULES, programs_root
from toolchain.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from toolchain.recipes import Gap, ModuleFile, Recipe

_DISK_FULL = "no space left on device"
_POLL_SECONDS = 0.2
_QUIET_SECONDS = 5.0


def folder_of(recipe: Recipe) -> Path:
    """Where the program lies once it is built; the folder exists only when it is complete."""
    return programs_root() / f"{recipe.name}-{recipe.key}"


def build(recipes: Iterable[Recipe]) -> None:
    """Build what is not built yet, one after the other; what is finished stays finished.

    Raises:
        ToolchainError: no Go, no room, or a build failed. Nothing half-made is left in the place of a program.
    """
    missing = [recipe for recipe in recipes if not folder_of(recipe).exists()]
    if not missing:
        return
    go = find_go()
    require_room(missing, programs_root(), go.caches())
    for position, recipe in enumerate(missing, 1):
        _build_one(go, recipe, f"[{position}/{len(missing)}] {recipe.name}")


def _build_one(go: Go, recipe: Recipe, title: str) -> None:
    root = programs_root()
    with locked(root / f".lock-{recipe.name}", f"a build of {recipe.name}"):
        for leftover in root.glob(f".{recipe.name}-*.building"):
            shutil.rmtree(leftover)
        if folder_of(recipe).exists():
            return
        work = root / f".{folder_of(recipe).name}.building"
        progress = Progress(title)
        try:
            result = _make(go, recipe, work, progress)
            result.rename(folder_of(recipe))
        except OSError as error:
            progress.finish("failed after")
            raise ToolchainError(_disk_full(recipe) if error.errno == errno.ENOSPC else str(error)) from error
        except BaseException as error:
            progress.finish("failed after" if isinstance(error, ToolchainError) else "stopped after")
            raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
        progress.finish("built in")


def _make(go: Go, recipe: Recipe, work: Path, progress: Progress) -> Path:
    source, result = work / "source", work / "result"
    result.mkdir(parents=True)
    # Go may write into the folder it builds in (go.sum, the schema): never into the checkout.
    shutil.copytree(MODULES / recipe.lock, source)
    if recipe.schema:
        schema = json.loads(_located(go, recipe.schema, work).read_text())
        schema["version"] = recipe.schema_version
        (source / recipe.schema.target).write_text(json.dumps(schema, separators=(",", ":")))
    if recipe.gap:
        _fill(go, recipe.gap, source, work / "module")
    if recipe.package:
        stamps = "".join(f" -X {stamp}" for stamp in recipe.stamps)
        options = ["-mod=readonly", "-trimpath", "-tags", ",".join(recipe.tags), "-ldflags", f"-s -w{stamps}"]
        command = [go.program, "build", *options, "-o", str(result / recipe.name), recipe.package]
        _run_go(go, recipe, command, source, progress)
    for file in recipe.files:
        target = result / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        found = _located(go, file, work)
        if found.is_dir():
            target.mkdir()
            for path in found.glob("*.yaml"):
                shutil.copyfile(path, target / path.name)
        else:
            shutil.copyfile(found, target)
            # The module cache keeps no execute permission; whatever starts with an interpreter line needs it.
            target.chmod(0o755 if found.read_bytes().startswith(b"#!") else 0o644)
    return result


def _fill(go: Go, gap: Gap, source: Path, copy: Path) -> None:
    """Have `source` build against a copy of the module that has the missing file; go's overlay refuses such files."""
    shutil.copytree(go.module_folder(gap.module, source), copy, copy_function=shutil.copyfile)
    # The module cache is read-only, and a copied folder is as well.
    for folder, _, _ in os.walk(copy):
        os.chmod(folder, 0o700)  # noqa: PTH101 - os.walk gives strings
    placeholder = copy / gap.file
    placeholder.parent.mkdir(parents=True, exist_ok=True)
    placeholder.write_text("This file is not part of the module that the program was built from.\n")
    with (source / "go.mod").open("a") as handle:
        handle.write(f"\nreplace {gap.module} => {copy}\n")


def _located(go: Go, file: ModuleFile, work: Path) -> Path:
    lock = work / f"lock-{file.lock}"
    if not lock.exists():
        shutil.copytree(MODULES / file.lock, lock)
    return go.module_folder(file.module, lock) / file.source


def _run_go(go: Go, recipe: Recipe, command: list[str], cwd: Path, progress: Progress) -> None:
    log = cwd.parent / "log"
    with log.open("wb") as output, _group(command, cwd, go.environment(), output) as process:
        while process.poll() is None:
            time.sleep(_POLL_SECONDS)
            progress.beat(_activity(log))
    if process.returncode:
        lines = [line for line in log.read_text(errors="replace").splitlines() if "go: downloading" not in line]
        text = "\n".join(lines)
        if _DISK_FULL in text:
            raise ToolchainError(_disk_full(recipe))
        raise ToolchainError(f"building {recipe.name} failed. The end of what go said:\n{chr(10).join(lines[-15:])}")


@contextmanager
def _group(command: list[str], cwd: Path, env: dict[str, str], output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    # A session of its own, so that an interruption ends go together with the compilers it started.
    process = subprocess.Popen(  # noqa: S603 - built by the caller from recipes
        command, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _activity(log: Path) -> str:
    # Go names a module when it begins to fetch it, and says nothing while it compiles.
    if time.time() - log.stat().st_mtime > _QUIET_SECONDS:
        return "compiling"
    with log.open("rb") as handle:
        handle.seek(max(0, log.stat().st_size - 400))
        lines = handle.read().decode(errors="replace").splitlines()
    return lines[-1].removeprefix("go: ") if lines and lines[-1].startswith("go: downloading") else "compiling"


def _disk_full(recipe: Recipe) -> str:
    return (
        f"the disk became full while building {recipe.name}; nothing half-built was left behind.\n"
        "Free some space (`go clean -cache -modcache` empties Go's caches) and run the command again: "
        "what is finished is not built anew."
    )
