"""The kinds of pods that belong to OpenSearch."""

from __future__ import annotations

from components.foundation.labels import Workload
from components.stores.opensearch.settings import NAMESPACE, NODE_WORKLOAD

POOL = "ballast/pool"
"""Label of a node's pod: which pool of nodes it belongs to."""

CLUSTER_MANAGER = "ballast/cluster-manager"
"""Label: `true` on every pod that can be elected cluster manager, whatever its pool; budgets select by it."""

NODE = Workload(NODE_WORKLOAD, NAMESPACE)
CONSOLE = Workload("opensearch-dashboards", NAMESPACE)
METRICS_EXPORTER = Workload("opensearch-metrics-exporter", NAMESPACE)
DATA_PREPPER = Workload("data-prepper", NAMESPACE)
BOOTSTRAP_JOB = Workload("opensearch-bootstrap-job", NAMESPACE)
CONFIGURE_JOB = Workload("opensearch-configure-job", NAMESPACE)
RESTART_JOB = Workload("opensearch-restart-job", NAMESPACE)
DRAIN_JOB = Workload("opensearch-drain-job", NAMESPACE)
SNAPSHOT_JOB = Workload("opensearch-snapshot-job", NAMESPACE)
RESTORE_JOB = Workload("opensearch-restore-job", NAMESPACE)
