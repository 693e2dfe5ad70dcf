"""Processes: those that outlive the command that started them, and one that a command waits for."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Reader = Callable[[Iterable[str]], None]
    Watch = Callable[[], bool]

_KILL_SECONDS = 8.0
_WATCH_SECONDS = 3.0
# What an interrupted engine gets to note what it has made.
_GRACE_SECONDS = 60.0


def interrupt_on_signals() -> None:
    """Let SIGTERM and SIGHUP do what Ctrl-C does, so that what is half-made is cleared away on the way out."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(sign: int, _: object) -> None:
    raise KeyboardInterrupt(signal.Signals(sign).name)


def finished(
    process: subprocess.Popen[str], reader: Reader | None = None, watch: Watch | None = None
) -> subprocess.CompletedProcess[str]:
    """Wait for a program's end; when interrupted, ask it to end first, as `subprocess.run` does not.

    Args:
        process: the program.
        reader: gets the lines of its output as they come; a program whose reader fails is killed.
        watch: asked every few seconds whether it waits in vain; then it is ended like an interrupted one.
    """
    if watch is not None:
        threading.Thread(target=_end_in_vain, args=(process, watch), daemon=True).start()
    try:
        if reader is not None:
            reader(process.stdout or ())
        stdout, stderr = process.communicate()
    except KeyboardInterrupt as interruption:
        # Ctrl-C has reached the program as well, and Pulumi takes a second signal as the order to drop everything.
        if interruption.args:
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_GRACE_SECONDS)
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def _end_in_vain(process: subprocess.Popen[str], watch: Watch) -> None:
    while not watch():
        with suppress(subprocess.TimeoutExpired):
            process.wait(_WATCH_SECONDS)
            return
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_SECONDS)
        return
    process.kill()


def identity(pid: int) -> str | None:
    """What tells a process from a later one with the same pid: its start time; None when it is dead or a zombie."""
    try:
        # The name in brackets may hold spaces; after it follow the state and, at place 20, the start time in ticks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        return _identity_by_ps(pid)
    return None if fields[0] in "ZX" else fields[19]


def _identity_by_ps(pid: int) -> str | None:
    result = subprocess.run(  # noqa: S603 - fixed program
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - its path differs between systems
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, started = result.stdout.strip().partition(" ")
    return started.strip() if started and not state.startswith("Z") else None


def spawn(command: list[str], log: Path, folder: Path, environment: dict[str, str]) -> int:
    """Start a program in `folder`, detached from this one, both outputs appended to `log`; returns its pid."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - commands are built by this package
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    # Its end is seen through `identity`; this keeps Python from warning about a child it still knows.
    process.returncode = 0
    return process.pid


def stop(pid: int, expected: str, patience: float) -> None:
    """End a process that is still the one with this identity.

    Args:
        pid: the process.
        expected: its `identity` when it was started; a later process of the same pid is left alone.
        patience: seconds it gets to end by itself before it is killed; 0 for what has nothing to put in order.
    """
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, _KILL_SECONDS)):
        if identity(pid) != expected:
            break
        if seconds:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and identity(pid) == expected:
            time.sleep(0.02)
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def left_behind(programs: Sequence[str], folder: Path) -> list[int]:
    """Processes of these program names that were given a file of `folder` (Linux only; elsewhere none).

    Given means: as an option, or as a variable of their environment.
    """
    marker = f"{folder}/".encode()
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            program, *options = (entry / "cmdline").read_bytes().split(b"\0")
            if Path(program.decode(errors="replace")).name not in programs:
                continue
            given = options + (entry / "environ").read_bytes().split(b"\0")
            if any(item.partition(b"=")[2].startswith(marker) for item in given):
                found.append(int(entry.name))
    return found
