"""What everything else knows of OpenSearch, its console and what stands around it."""

from collections.abc import Iterator, Mapping, Sequence

from components.settings.footprint import Footprint, footprint
from components.settings.limit import COPIES, DAY, GI, HELPER, HELPER_MEMORY, LONGEST, MI, Limits, memory
from components.settings.markers import Secret
from components.settings.readiness import HOUR, MONTH, Readiness
from components.settings.rule import QUORUM
from components.settings.stack import StackSettings
from components.settings.store import Nodes, Restore, StoreKind
from components.settings.versions import Supported
from components.stores.opensearch.log_pipeline_rules import LOG_PIPELINE_RULES
from components.stores.opensearch.managed_rules import MANAGED_RULES
from components.stores.opensearch.password_rules import password_of
from components.stores.opensearch.rules import OPENSEARCH_RULES
from components.stores.opensearch.settings import CLUSTER, NAMESPACE, NODE_ACCOUNT, NODE_WORKLOAD, OpenSearchSettings
from components.stores.opensearch.topology import zonal_pools
from components.stores.opensearch.transitions import OPENSEARCH_TRANSITIONS
from components.stores.opensearch.users import (
    ADMIN_USER,
    APPLICATIONS_USER,
    AUTOMATION_USER,
    CONSOLE_USER,
    LOGS_USER,
    METRICS_USER,
    PASSWORDS,
)


def _footprints(search: OpenSearchSettings, stack: StackSettings) -> Iterator[Footprint]:
    for pool in search.pools.values():
        yield Footprint(pods=pool.nodes, cpu=pool.cpu, memory=pool.memory, disk=pool.disk)
    companions = (stack.console, stack.metrics_exporter, stack.data_prepper)
    yield from (footprint(section) for section in companions if section is not None)


def _sets(search: OpenSearchSettings, zones: Sequence[str]) -> Mapping[str, int]:
    return {pool.name: pool.replicas for pool in zonal_pools(CLUSTER, search, zones)}


def _majority(search: OpenSearchSettings) -> tuple[int, str]:
    return search.managers, "managers"


def _kept(search: OpenSearchSettings, index: str) -> int:
    """How long an index keeps what is written; for ever where nothing deletes it."""
    after = search.indexes[index].delete_after
    return LONGEST if after is None else after


OPENSEARCH = StoreKind(
    section="opensearch",
    word="opensearch",
    namespace=NAMESPACE,
    prefix=CLUSTER,
    footprints=_footprints,
    majority=_majority,
    # Its own plugin writes them, and its job looks after those of its policy unless it is asked to take one.
    node_account=NODE_ACCOUNT,
    snapshot_request={"take": True},
    restore=Restore(part="indexes", rename="rename"),
    nodes=Nodes(workload=NODE_WORKLOAD, sets=_sets),
    rules=(*OPENSEARCH_RULES, *MANAGED_RULES, *LOG_PIPELINE_RULES),
    transitions=OPENSEARCH_TRANSITIONS,
    limits={
        "console.cpu": HELPER,
        "console.memory": Limits(512 * MI, HELPER_MEMORY.most, "Node.js needs 512Mi for Dashboards, and holds no data"),
        "metricsExporter.cpu": HELPER,
        "metricsExporter.memory": HELPER_MEMORY,
        "dataPrepper.memory": Limits(
            512 * MI, HELPER_MEMORY.most, "half of it is Java's heap, which loses by more than 31Gi"
        ),
        # A JVM: the runtime and its buffers leave no room beside the smallest sensible heap.
        "opensearch.pools.*.memory": memory(GI, "a node needs at least 1Gi"),
        # From 32Gi on Java loses compressed object pointers.
        "opensearch.pools.*.heap": Limits(
            256 * MI, 31 * GI, "OpenSearch doesn't start with less, and from 32Gi on Java holds less than with 31Gi"
        ),
        "opensearch.pools.*.nodes": Limits(
            0, 100, "0 is a pool on its way out, and a store of more than 100 is several"
        ),
        "opensearch.managed.logsKept": Limits(DAY, 3653 * DAY, "CloudWatch keeps logs for ten years at most"),
        "opensearch.replicas": COPIES,
        "opensearch.indexes.*.shards": Limits(1, 1024, "OpenSearch takes no more for an index"),
        "opensearch.indexes.*.deleteAfter": Limits(
            DAY, LONGEST, "an index is written for a day, and no law asks for more than 30 years"
        ),
    },
    supported={
        "opensearch": Supported(
            (2, 19, 1), 4, "before it a node crashes when its certificate is renewed (operator, 1460)", (3, 8, 0)
        ),
        "metricsExporter": Supported((1, 9, 0), 2, tried=(1, 11, 0)),
        "dataPrepper": Supported((2, 12, 0), 3),
    },
    secrets={
        PASSWORDS[ADMIN_USER]: Secret(
            purpose="password of the user `admin`, who may do everything in the OpenSearch cluster",
            readers=("OpenSearch configure job", "operator"),
            fault=password_of(ADMIN_USER),
        ),
        PASSWORDS[AUTOMATION_USER]: Secret(
            purpose="password of the user that owns snapshot and lifecycle policies, which run with its rights",
            readers=("OpenSearch configure job",),
            fault=password_of(AUTOMATION_USER),
        ),
        PASSWORDS[CONSOLE_USER]: Secret(
            purpose="password of the user with which OpenSearch Dashboards reaches the OpenSearch cluster",
            readers=("OpenSearch configure job", "OpenSearch console"),
            fault=password_of(CONSOLE_USER),
        ),
        PASSWORDS[METRICS_USER]: Secret(
            purpose="password of the user with which the metrics exporter reads the OpenSearch cluster's state",
            readers=("OpenSearch configure job", "OpenSearch metrics exporter"),
            fault=password_of(METRICS_USER),
        ),
        PASSWORDS[LOGS_USER]: Secret(
            purpose="password of the user with which Data Prepper writes logs into the OpenSearch cluster",
            readers=("OpenSearch configure job", "data prepper"),
            section="dataPrepper",
            fault=password_of(LOGS_USER),
        ),
        PASSWORDS[APPLICATIONS_USER]: Secret(
            purpose="password of the user `applications`, who reads and writes in the indexes of the stack file",
            readers=("OpenSearch configure job", "applications"),
            section="opensearch.openTo",
            fault=password_of(APPLICATIONS_USER),
        ),
    },
    ready=(
        Readiness(
            "nodes let OpenSearch map files",
            lambda s: s.cluster.memory_maps_raised or s.opensearch.managed is not None,
            "raise vm.max_map_count, write ballast:cluster.memoryMapsRaised: true",
        ),
        Readiness(
            "three managers elect each other",
            lambda s: s.opensearch.managers >= QUORUM,
            "give ballast:opensearch.pools three cluster_manager",
        ),
        Readiness(
            "indexes have a copy", lambda s: s.opensearch.replicas >= 1, "write ballast:opensearch.replicas: 1 or more"
        ),
        Readiness(
            "at most an hour of it is lost",
            lambda s: s.opensearch.recovery.recovery_point <= HOUR,
            "write ballast:opensearch.recovery.recoveryPoint: 1h (M4)",
        ),
        Readiness(
            "OpenSearch promises to answer",
            lambda s: s.opensearch.availability is not None,
            "write ballast:opensearch.availability",
        ),
        Readiness(
            "logs in OpenSearch are kept thirty days",
            lambda s: s.data_prepper is None or _kept(s.opensearch, s.data_prepper.index) >= MONTH,
            "write deleteAfter: 30d or more for their index (M5)",
        ),
    ),
)
