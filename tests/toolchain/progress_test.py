"""What a person sees while something takes long."""

from __future__ import annotations

import io

import pytest

from toolchain import progress
from toolchain.progress import Progress, elapsed


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(("seconds", "text"), [(8.4, "8s"), (151, "2m31s"), (3725, "1h02m")])
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


def test_a_log_gets_a_line_every_ten_seconds_and_no_more(clock: list[float]) -> None:
    log = io.StringIO()
    step = Progress("[1/2] etcd", log)
    for clock[0] in range(1, 26):
        step.beat("compiling")
    step.finish("built in")
    assert log.getvalue().splitlines() == [
        "[1/2] etcd …",
        "[1/2] etcd … 10s (compiling)",
        "[1/2] etcd … 20s (compiling)",
        "[1/2] etcd … built in 25s",
    ]


def test_a_terminal_gets_one_line_that_is_rewritten(clock: list[float]) -> None:
    terminal = Terminal()
    step = Progress("[1/2] etcd", terminal)
    clock[0] = 2
    step.beat()
    step.finish("built in")
    assert terminal.getvalue().count("\n") == 1
    assert "\r\x1b[K[1/2] etcd … 2s" in terminal.getvalue()
