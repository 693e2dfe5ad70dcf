"""Loki's configuration is one that the real program accepts, whatever the settings."""

from __future__ import annotations

import subprocess

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from components.observability.stores.loki_configuration import loki_configuration
from components.settings.quantities import Bytes, Duration
from components.settings.telemetry import LogStreamSettings
from tests.harness.cluster import need_programs
from tests.harness.declare import STACKS
from tests.harness.loki import loki_settings
from toolchain.toolbox import require

pytestmark = pytest.mark.programs

DAYS = st.integers(1, 3650).map(lambda days: Duration(days * 86400))
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
STREAMS = st.dictionaries(
    NAMES,
    st.builds(LogStreamSettings, namespace=NAMES, service=st.none() | NAMES, retention=DAYS),
    max_size=4,
)


@pytest.fixture(autouse=True)
def _loki():
    need_programs("loki")


def judged(folder, configuration):
    file = folder / "loki.yaml"
    file.write_text(yaml.safe_dump(configuration, sort_keys=False))
    command = [str(require("loki")), "-verify-config", f"-config.file={file}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("name", STACKS)
def test_loki_accepts_what_each_stack_file_makes(tmp_path, name):
    found = judged(tmp_path, loki_configuration(loki_settings(name)))
    assert found.returncode == 0, found.stderr
    assert "config is valid" in found.stderr + found.stdout


@effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stack=st.sampled_from(STACKS),
    retention=DAYS,
    memory=st.integers(256, 65536).map(lambda size: Bytes(size * 2**20)),
    streams=STREAMS,
)
def test_loki_accepts_whatever_settings_make(tmp_path, stack, retention, memory, streams):
    changes = {"retention": retention, "memory": memory, "streams": streams}
    found = judged(tmp_path, loki_configuration(loki_settings(stack, **changes)))
    assert found.returncode == 0, f"{found.stderr}\n{changes}"


@pytest.mark.parametrize(
    ("section", "change", "complaint"),
    [
        ("compactor", {"delete_request_store": ""}, "delete-request-store should be configured"),
        ("limits_config", {"retention_stream": [{"selector": "{a=", "priority": 1, "period": "24h"}]}, "matchers"),
        ("limits_config", {"no_such_limit": 1}, "no_such_limit"),
        ("storage_config", {"object_store": {"storage_prefix": "a/b"}}, "storage prefix"),
    ],
)
def test_loki_refuses_what_is_known_to_be_wrong_so_its_word_counts(tmp_path, section, change, complaint):
    configuration = loki_configuration(loki_settings("dev"))
    configuration[section] |= change
    found = judged(tmp_path, configuration)
    assert found.returncode != 0
    assert complaint in found.stderr + found.stdout
