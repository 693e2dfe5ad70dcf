"""The kinds of pods that belong to Qdrant."""

from __future__ import annotations

from components.foundation.labels import Workload
from components.stores.qdrant.settings import NAMESPACE, NODE_WORKLOAD

NODE = Workload(NODE_WORKLOAD, NAMESPACE)
BOOTSTRAP_JOB = Workload("qdrant-bootstrap-job", NAMESPACE)
CONFIGURE_JOB = Workload("qdrant-configure-job", NAMESPACE)
RESTART_JOB = Workload("qdrant-restart-job", NAMESPACE)
REBALANCE_JOB = Workload("qdrant-rebalance-job", NAMESPACE)
DRAIN_JOB = Workload("qdrant-drain-job", NAMESPACE)
REPLACE_JOB = Workload("qdrant-replace-job", NAMESPACE)
SNAPSHOT_JOB = Workload("qdrant-snapshot-job", NAMESPACE)
RESTORE_JOB = Workload("qdrant-restore-job", NAMESPACE)
