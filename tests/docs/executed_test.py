"""Every fenced command of a runbook is executed, or says why only a person can."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest

from tests.harness.alert_timelines import known, promtool
from tests.harness.applied import APPLIED
from tests.harness.cluster import need_programs
from tests.harness.json_server import JsonServer
from tests.harness.looked_at import LookedAt
from tests.harness.runbook_commands import PAGES, PLACEHOLDER, commands, commands_of, executed
from tests.observability.catalogue.judge import refusals
from toolchain import toolbox

KUBECTL = [*dict.fromkeys(command.text for command in executed("kubectl "))]
QUERIES = [*dict.fromkeys(command.text for command in executed("promql"))]
JOB = "opensearch-snapshots-1"


def unproven(found):
    """Commands that nobody executes and that don't say why."""
    return [one.text for one in found if (len(one.reason) < 20 if one.reason else not one.is_executed)]


def test_every_command_is_executed_or_says_why_not():
    found = [command for page in PAGES for command in commands(page)]
    assert unproven(found) == []
    assert len(found) > 60
    assert sum(command.reason is not None for command in found) <= 0.1 * len(found)


@pytest.mark.parametrize(
    "text",
    [
        "```sh\ncurl http://somewhere\n```\n",
        "```\nkubectl get pods\n```\n",
        "```bash\nkubectl get pods\n```\n",
        "<!-- for people: so -->\n```sh\ncurl http://somewhere\n```\n",
    ],
)
def test_one_that_is_neither_is_found(text):
    assert len(unproven(commands_of("page", text))) == 1


def test_a_flowchart_is_no_command():
    assert list(commands_of("page", "```mermaid\nflowchart TD\n```\n")) == []


def test_one_that_says_why_is_fine():
    text = "<!-- for people: it opens a page in a browser -->\n```sh\nxdg-open http://somewhere\n```\n"
    assert unproven(commands_of("page", text)) == []


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory):
    """The real kubectl, looking at production as it is declared."""
    need_programs("kubectl")
    home = tmp_path_factory.mktemp("home")

    def run(arguments):
        command = [str(toolbox.require("kubectl")), f"--server={server.url}", f"--cache-dir={home}", *arguments]
        own = {"HOME": str(home), "KUBECONFIG": "/dev/null"}
        return subprocess.run(command, capture_output=True, text=True, env=own, timeout=60, check=False)

    with JsonServer(LookedAt()) as server:
        yield run
        assert server.writes() == []


@pytest.mark.programs
@pytest.mark.parametrize("line", KUBECTL)
def test_kubectl_shows_something_of_production(kubectl, line):
    answer = kubectl([word.replace(PLACEHOLDER, JOB) for word in shlex.split(line)[1:]])
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip(), answer.stderr


@pytest.mark.programs
@pytest.mark.parametrize(
    "line",
    [
        "kubectl --namespace qdrant logs statefulset/quadrant",
        "kubectl --namespace qdrant get pods --selector app.kubernetes.io/component=quadrant",
        "kubectl --namespace qdrent get pods",
        "kubectl --namespace qdrant get podz",
    ],
)
def test_what_is_not_there_is_noticed(kubectl, line):
    answer = kubectl(shlex.split(line)[1:])
    assert answer.returncode != 0 or not answer.stdout.strip()


@pytest.mark.programs
def test_every_query_is_evaluated_and_asks_for_what_is_told(tmp_path):
    need_programs("promtool")
    assert len(QUERIES) >= 3
    targets = [{"expr": query, "datasource": {"type": "prometheus"}} for query in QUERIES]
    dashboard = {"uid": "runbooks", "panels": [{"title": "runbooks", "targets": targets}]}
    assert refusals(dashboard, known(APPLIED)) == []
    asked = [{"expr": query, "eval_time": "1m", "exp_samples": []} for query in QUERIES]
    test = {"interval": "1m", "input_series": [{"series": "beside", "values": "1"}], "promql_expr_test": asked}
    (tmp_path / "test.yaml").write_text(json.dumps({"rule_files": [], "tests": [test]}))
    answer = promtool(tmp_path, "test", "rules", "test.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr
