from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.harness.json_server import Trouble
from tests.opensearch_jobs.conftest import number

if TYPE_CHECKING:
    from components.stores.opensearch.jobs.config import ConfigureConfig
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch_plugins import OpenSearchPlugins
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch


def test_a_busy_server_is_asked_again(run: Run, config: ConfigureConfig, search: JsonServer) -> None:
    search.misbehave(3, Trouble(status=503, path="/roles/ballast_metrics"))
    search.misbehave(2, Trouble(status=429, path="/internalusers/admin"))
    code, said, _ = run(config)
    assert code == 0
    assert f"{number(config)} created" in said
    assert not search.troubles


def test_a_server_fault_is_one_complaint_with_its_path(run: Run, config: ConfigureConfig, search: JsonServer) -> None:
    search.misbehave(1, Trouble(status=500, body={"message": "boom"}, path="/rolesmapping/all_access"))
    code, said, complaints = run(config)
    assert code == 1
    assert complaints == (
        "failed     role mapping all_access: GET /_plugins/_security/api/rolesmapping/all_access answered 500: boom\n"
    )
    assert f"{number(config) - 1} created" in said


def test_a_write_whose_answer_was_lost_counts_as_done(
    run: Run,
    config: ConfigureConfig,
    search: JsonServer,
    plugins: OpenSearchPlugins,
) -> None:
    run(config)
    plugins.snapshots.documents["recent"]["sm_policy"]["enabled"] = False
    search.misbehave(1, Trouble(drop_answer=True, path="/_plugins/_sm/policies/recent?"))
    code, _, complaints = run(config)
    assert (code, complaints) == (0, "")
    assert plugins.snapshots.documents["recent"]["sm_policy"]["enabled"] is True


def test_a_password_that_the_plugin_refuses_is_not_repeated_in_the_complaint(
    run: Run,
    config: ConfigureConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("components.foundation.jobkit.context.JobContext.password", lambda _self, _name: "sunshine7")
    code, _, complaints = run(config)
    assert code == 1
    assert "user admin: PUT /_plugins/_security/api/internalusers/admin answered 400: Weak password" in complaints
    assert "policy logs: not tried, because its owner automation could not be made" in complaints
    assert "sunshine7" not in complaints


def test_a_missing_password_file_is_named(run: Run, config: ConfigureConfig) -> None:
    ghost = replace(config.users["admin"], secret="ghost")  # noqa: S106 - the name of a file
    code, _, complaints = run(replace(config, users={**config.users, "ghost": ghost}))
    assert code == 1
    assert "/secrets/ghost: the password can't be read (No such file or directory)" in complaints
