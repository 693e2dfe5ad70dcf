"""What people read: a real Alertmanager tells PagerDuty, Slack, a mailbox and the dead man's switch."""

from __future__ import annotations

import base64
import datetime as dt
from email import message_from_string
from email.policy import default as modern

import pytest

from components.observability.alertmanager.routing import alertmanager_configuration
from tests.harness.alert_timelines import GRAFANA, rules
from tests.harness.alerting import alertmanager_settings
from tests.harness.alertmanager import alertmanager
from tests.harness.cluster import need_programs
from tests.harness.declare import stack_settings

pytestmark = pytest.mark.programs

RUNBOOK, DASHBOARD = "https://runbooks.example.com/queue", "https://grafana.example.com/d/queue"
ANNOTATIONS = {"summary": "Queue of ai is full", "runbook_url": RUNBOOK, "dashboard_url": DASHBOARD}


def alert(name, severity, *, annotations=None, **labels):
    labels = {"alertname": name, "severity": severity, "environment": "prod", "cluster": "acme", **labels}
    return {"labels": labels, "annotations": ANNOTATIONS if annotations is None else annotations}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    need_programs("alertmanager")
    stack = stack_settings("prod")
    settings = stack.alertmanager.model_copy(update={"maintenance": {}})
    configuration = alertmanager_configuration(settings, "prod")
    with alertmanager(tmp_path_factory.mktemp("alertmanager"), configuration) as running:
        yield running


def slack(server, name):
    """Messages in Slack whose title names an alert."""
    found = [request.body for request in server.vendors.at("/slack")]
    return [body for body in found if name in body["attachments"][0]["title"]]


def pages(server, name):
    return [r.body for r in server.vendors.at("/pagerduty") if name in r.body["payload"]["summary"]]


def test_what_is_critical_is_paged_and_written_to_its_teams_channel_with_all_that_helps(server):
    server.fire(alert("QueueFull", "critical", team="search", namespace="ai"))
    page = server.await_(lambda: pages(server, "QueueFull"))[0]
    assert page["routing_key"] == "secret-of-pagerduty"
    assert page["event_action"] == "trigger"
    assert page["payload"]["severity"] == "critical"
    assert page["payload"]["summary"] == "[FIRING:1] QueueFull in ai (prod)"
    assert page["links"] == [{"href": RUNBOOK, "text": "Runbook"}, {"href": DASHBOARD, "text": "Dashboard"}]
    assert page["payload"]["custom_details"]["team"] == "search"
    message = server.await_(lambda: slack(server, "QueueFull"))[0]
    assert message["channel"] == "#prod-search"
    assert message["attachments"][0]["title"] == "[FIRING:1] QueueFull in ai (prod)"
    assert message["attachments"][0]["text"].splitlines() == [
        "Queue of ai is full",
        "severity critical, environment prod, team search",
        f"Runbook: {RUNBOOK}",
        f"Dashboard: {DASHBOARD}",
    ]
    assert {r.authorization for r in server.vendors.at("/slack")} == {"Bearer secret-of-slack"}


def test_a_warning_reaches_the_channel_of_all_and_wakes_nobody_and_its_end_is_told_too(server):
    warning = alert("QueueGrows", "warning", team="strangers")
    server.fire(warning)
    message = server.await_(lambda: slack(server, "QueueGrows"))[0]
    assert message["channel"] == "#prod-alerts"
    now = dt.datetime.now(dt.UTC).isoformat()
    server.fire({**warning, "endsAt": now})
    ended = server.await_(lambda: slack(server, "QueueGrows")[1:])[0]
    assert ended["attachments"][0]["title"] == "[RESOLVED] QueueGrows (prod)"
    assert ended["attachments"][0]["text"].startswith("Resolved: Queue of ai is full")
    assert pages(server, "QueueGrows") == []


def test_info_is_mailed_to_its_team_as_plain_text(server):
    server.fire(alert("CertificateRenewed", "info", team="search"))
    letter = server.await_(lambda: [m for m in server.mailbox.letters if "CertificateRenewed" in m["DATA"]])[0]
    assert "TO:<search@acme.example.com>" in letter["RCPT"]
    login = base64.b64decode(letter["AUTH"].split()[1]).split(b"\0")
    assert login == [b"", b"alerts@acme.example.com", b"secret-of-email"]
    mail = message_from_string(letter["DATA"], policy=modern)
    assert mail["Subject"] == "[FIRING:1] CertificateRenewed (prod)"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "severity info, environment prod, team search" in body.get_content()
    assert mail.get_body(("html",)) is None
    assert slack(server, "CertificateRenewed") == []


def test_the_watchdog_calls_the_secret_address_and_nobody_reads_of_it(server):
    server.fire(alert("Watchdog", "none"))
    call = server.await_(lambda: server.vendors.at("/heartbeat"))[0]
    assert call.body["status"] == "firing"
    assert slack(server, "Watchdog") == pages(server, "Watchdog") == []


def test_an_alert_of_ours_is_told_with_the_page_of_its_runbook_and_its_dashboard(server):
    rule = rules()["QdrantDown"]
    server.fire(alert("QdrantDown", annotations=rule["annotations"], **rule["labels"]))
    text = server.await_(lambda: slack(server, "QdrantDown"))[0]["attachments"][0]["text"]
    assert text.splitlines() == [
        rule["annotations"]["summary"],
        "severity critical, environment prod, team platform",
        "Runbook: docs/runbooks/qdrant.md",
        f"Dashboard: {GRAFANA}/d/ballast-qdrant",
    ]
    # What is no address is no link.
    (page,) = server.await_(lambda: pages(server, "QdrantDown"))
    assert [link["text"] for link in page["links"]] == ["Dashboard"]


def test_an_alert_that_says_nothing_about_itself_is_told_by_its_name(server):
    server.fire({"labels": {"alertname": "Bare"}})
    message = server.await_(lambda: slack(server, "Bare"))[0]
    assert message["channel"] == "#prod-alerts"
    assert message["attachments"][0]["text"].splitlines() == [
        "Bare",
        "severity not given, environment not given, team none",
    ]


def test_a_storm_is_one_message_that_says_how_many_it_leaves_out(server):
    server.fire(*(alert("Storm", "warning", namespace="ai", pod=f"pod-{number}") for number in range(12)))
    message = server.await_(lambda: slack(server, "Storm"))[0]
    text = message["attachments"][0]["text"]
    assert message["attachments"][0]["title"] == "[FIRING:12] Storm in ai (prod)"
    assert text.count("Queue of ai is full") == 10
    assert text.endswith("These are the first 10 of 12.\n")


SILENCED = {
    "the same alert, less severe": (
        alert("Disk", "critical", namespace="a"),
        alert("Disk", "warning", namespace="a"),
        alert("Disk", "warning", namespace="b"),
    ),
    "what a node's end explains": (
        alert("NodeGone", "critical", explains="node", node="n1"),
        alert("PodGone", "warning", node="n1", namespace="c"),
        alert("PodGone", "warning", node="n2", namespace="c"),
    ),
    "what a store's end explains": (
        alert("StoreDown", "critical", explains="namespace", namespace="d"),
        alert("QueriesFail", "info", namespace="d"),
        alert("QueriesFail", "critical", namespace="d"),
    ),
    "what a cluster's end explains": (
        alert("ApiDown", "warning", explains="cluster", cluster="east"),
        alert("TargetDown", "warning", cluster="east", namespace="e"),
        alert("TargetDown", "warning", cluster="west", namespace="e"),
    ),
    "a companion that is alone": (
        alert("InfoInhibitor", "none", namespace="f"),
        alert("Throttled", "info", companion="true", namespace="f"),
        alert("Renewed", "info", namespace="f"),
    ),
    "an explanation, by another one": (
        alert("RackGone", "critical", explains="cluster", cluster="south"),
        alert("Restarts", "warning", cluster="south", namespace="g"),
        alert("NodeSlow", "warning", explains="node", node="n3", cluster="south"),
    ),
}


@pytest.mark.parametrize(("source", "silenced", "told"), SILENCED.values(), ids=SILENCED)
def test_what_explains_an_alert_silences_it_and_nothing_else(server, source, silenced, told):
    server.fire(source, silenced, told)

    def state():
        found = {tuple(sorted(a["labels"].items())): a["status"] for a in server.ask("GET", "/api/v2/alerts")}
        statuses = [
            found[key] for a in (source, silenced, told) if (key := tuple(sorted(a["labels"].items()))) in found
        ]
        # An alert is unprocessed until its route has seen it.
        ready = [status for status in statuses if status["state"] != "unprocessed"]
        return [one["state"] for one in ready] if len(ready) == 3 and ready[1]["inhibitedBy"] else None

    assert server.await_(state) == ["active", "suppressed", "active"]


def test_a_window_holds_back_what_it_names_and_never_what_is_critical(tmp_path):
    need_programs("alertmanager")
    always = {"begin": "00:00", "end": "24:00", "timeZone": "Europe/Berlin", "severities": ["warning"]}
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    settings = alertmanager_settings(
        {
            "slack": {"channel": "#all"},
            "teams": {"search": {}, "ai": {}},
            "maintenance": {"move": {**always, "weekdays": days, "teams": ["search"]}},
        }
    )
    with alertmanager(tmp_path, alertmanager_configuration(settings, "prod")) as server:
        server.fire(
            alert("Held", "warning", team="search"),
            alert("Another", "warning", team="ai"),
            alert("Grave", "critical", team="search"),
            alert("Known", "info", team="search"),
        )
        for name in ("Another", "Grave", "Known"):
            server.await_(lambda name=name: slack(server, name))
        held = 'alertmanager_notifications_suppressed_total{reason="mute_time_interval"} 1'
        server.await_(lambda: held in server.ask("GET", "/metrics"))
        assert slack(server, "Held") == []
