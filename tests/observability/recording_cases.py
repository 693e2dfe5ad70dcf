"""What applications send, and the figures that come of it."""

from __future__ import annotations

from dataclasses import dataclass

MINUTES = 30


@dataclass(frozen=True)
class Shown:
    """A recorded figure after some minutes.

    Attributes:
        name: of what is recorded, without `application:`.
        labels: of the application, and of its signal.
        series: what is sent, by a promtool series each minute.
        value: the figure; None where there is none.
        minutes: after which it is asked for.
    """

    name: str
    labels: str
    series: dict[str, str]
    value: float | None
    minutes: int = MINUTES


def sends(rates, minutes=MINUTES):
    """Counters that grow by so much each minute."""
    return {series: f"0+{rate}x{minutes}" for series, rate in rates.items()}


def stays(values, minutes=MINUTES):
    return {series: f"{value}x{minutes}" for series, value in values.items()}


RUN = 'workflow_run_duration_seconds_count{service_name="workflow-engine", status="%s"}'
TASK = 'task_duration_seconds_count{service_name="orchestrator", status="%s"}'
WEB = (
    'http_server_request_duration_seconds_count{service_name="life", http_route="/api", http_response_status_code="%s"}'
)
ARM = 'rpc_server_call_duration_seconds_count{service_name="orchestrator"%s}'
QUERY = 'kb_query_duration_seconds_bucket{service_name="knowledge", le="%s"}'
HITS = 'page_cache_%s_total{service_name="life", cache="%s"}'
USED = 'db_client_connection_count{service_name="%s", instance="%s", db_client_connection_state="%s"%s}'
MOST = 'db_client_connection_max{service_name="orchestrator", instance="%s"}'
MAIN = ', db_client_connection_pool_name="main"'
AVAILABLE = 'kube_deployment_status_replicas_available{namespace="%s", deployment="%s"}'
CPU = 'container_cpu_usage_seconds_total{namespace="life", pod="%s", container="%s"}'
MEMORY = 'container_memory_working_set_bytes{namespace="life", pod="%s", container="%s"}'
LIMIT = 'kube_pod_container_resource_limits{namespace="life", pod="%s", container="main", resource="%s"}'
TOKENS = 'gen_ai_client_token_usage_sum{service_name="orchestrator", gen_ai_request_model="%s", gen_ai_token_type="%s"}'
WORKFLOWS, ORCHESTRATOR = 'application="workflows"', 'application="orchestrator"'
KNOWLEDGE, LIFE = 'application="knowledge"', 'application="life"'
RUNS, TASKS = f'{WORKFLOWS}, signal="runs"', f'{ORCHESTRATOR}, signal="tasks"'
WEB_CALLS, MODELS = f'{LIFE}, signal="web"', f'{ORCHESTRATOR}, signal="models"'
QUERIES = f'{KNOWLEDGE}, signal="queries"'
DAY = 1440
#: A dollar an hour: gpt-4.1 costs 2 for a million that go in and 8 for a million that come out.
HOURLY = {TOKENS % ("gpt-4.1", kind): 100_000 / 60 for kind in ("input", "output")}
DOLLAR = sends(HOURLY)
SHOWN = [
    Shown("calls:rate5m", RUNS, sends({RUN % "failed": 60, RUN % "done": 540}), 10),
    Shown("calls:rate5m", RUNS, {}, 0),
    Shown("calls_failed:ratio5m", RUNS, sends({RUN % "failed": 60, RUN % "done": 540}), 0.1),
    # Nothing ever failed, so that no series tells of it.
    Shown("calls_failed:ratio5m", RUNS, sends({RUN % "done": 600}), 0),
    Shown("calls_failed:ratio5m", RUNS, sends({RUN % "done": 0}), None),
    # A service of that name in another application.
    Shown("calls_failed:ratio5m", TASKS, sends({RUN % "failed": 60}), None),
    Shown("calls_failed:ratio5m", TASKS, sends({TASK % "failed": 60, TASK % "timeout": 120, TASK % "done": 420}), 0.3),
    Shown(
        "calls_failed:ratio5m",
        f'{ORCHESTRATOR}, signal="timeouts"',
        sends({TASK % "failed": 60, TASK % "timeout": 120, TASK % "done": 420}),
        0.2,
    ),
    # What a client did wrong is no failure of the server.
    Shown("calls_failed:ratio5m", WEB_CALLS, sends({WEB % "200": 80, WEB % "404": 15, WEB % "503": 5}), 0.05),
    Shown(
        "calls_failed:ratio5m",
        f'{ORCHESTRATOR}, signal="arms"',
        sends({ARM % "": 75, ARM % ', error_type="UNAVAILABLE"': 25}),
        0.25,
    ),
    *(
        Shown(
            "calls_seconds:quantile5m",
            f'{QUERIES}, quantile="{quantile}"',
            sends({QUERY % "0.1": 90, QUERY % "0.2": 100, QUERY % "+Inf": 100}),
            value,
        )
        for quantile, value in (("0.5", 0.0556), ("0.95", 0.15), ("0.99", 0.19))
    ),
    # Each replica tells of the same queue.
    Shown(
        "queue_waiting:max",
        f'{LIFE}, signal="worker"',
        stays({f'worker_backlog{{service_name="life", queue="default", instance="{one}"}}': 700 for one in "ab"}),
        700,
    ),
    Shown(
        "queue_oldest_seconds:max",
        f'{ORCHESTRATOR}, signal="replication"',
        stays({'pg_replication_lag_seconds{service_name="orchestrator"}': 61}),
        61,
    ),
    # The worst replica counts, and what is idle is not used.
    Shown(
        "pool_used:ratio",
        f'{ORCHESTRATOR}, signal="connections"',
        stays(
            {
                USED % ("orchestrator", "a", "used", ""): 9,
                USED % ("orchestrator", "a", "idle", ""): 1,
                USED % ("orchestrator", "b", "used", ""): 1,
                MOST % "a": 10,
                MOST % "b": 10,
            }
        ),
        0.9,
    ),
    Shown(
        "pool_used:sum",
        f'{LIFE}, signal="database"',
        stays({USED % ("life", "a", "used", MAIN): 90, USED % ("life", "b", "used", MAIN): 61}),
        151,
    ),
    Shown(
        "cache_hits:ratio5m",
        f'{LIFE}, signal="pages"',
        sends({HITS % ("hits", "pages"): 30, HITS % ("misses", "pages"): 70, HITS % ("hits", "other"): 999}),
        0.3,
    ),
    # A measure that was taken half an hour ago still holds.
    Shown(
        "quality:avg",
        f'{KNOWLEDGE}, signal="mrr"',
        {'kb_retrieval_quality{service_name="knowledge", measure="mrr"}': "0.7 _x29"},
        0.7,
    ),
    Shown("degraded:max", f'{KNOWLEDGE}, signal="mode"', stays({'kb_degraded_mode{service_name="knowledge"}': 1}), 1),
    Shown("pods_available:max", f'{LIFE}, signal="web"', stays({AVAILABLE % ("life", "web"): 2}), 2),
    # Somebody removed the Deployment; or nobody tells of anything, which another alert says.
    Shown("pods_available:max", f'{LIFE}, signal="web"', stays({'kube_node_info{node="a"}': 1}), 0),
    Shown("pods_available:max", f'{LIFE}, signal="web"', {}, None),
    Shown(
        "cpu_used:ratio",
        f'{LIFE}, signal="pods"',
        {
            **sends({CPU % ("web-1", "main"): 48, CPU % ("web-1", ""): 600, CPU % ("other-1", "main"): 60}),
            **stays({LIMIT % ("web-1", "cpu"): 1, LIMIT % ("web-1", "memory"): 100, LIMIT % ("other-1", "cpu"): 1}),
        },
        0.8,
    ),
    Shown(
        "memory_used:ratio",
        f'{LIFE}, signal="pods"',
        stays(
            {
                MEMORY % ("worker-1", "main"): 70,
                MEMORY % ("web-1", "main"): 10,
                LIMIT % ("worker-1", "memory"): 100,
                LIMIT % ("web-1", "memory"): 100,
                LIMIT % ("worker-1", "cpu"): 1,
            }
        ),
        0.7,
    ),
    Shown("spend_dollars:rate5m", MODELS, DOLLAR, 1 / 3600),
    Shown("tokens:1h", MODELS, sends(HOURLY, 90), 200_000, 90),
    Shown("tokens_unpriced:rate1h", MODELS, sends({TOKENS % ("new", "input"): 60}, 90), 1, 90),
    Shown("tokens_unpriced:rate1h", MODELS, DOLLAR, None),
]

UPTIME = Shown(
    "uptime:ratio1d",
    f'{ORCHESTRATOR}, signal="reflex"',
    {AVAILABLE % ("orchestrator", "reflex"): f"0x143 1x{DAY - 144}"},
    0.9,
    DAY,
)
