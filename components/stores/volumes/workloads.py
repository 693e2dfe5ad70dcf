"""The kinds of pods that belong to volumes."""

from __future__ import annotations

from components.foundation.labels import Workload
from components.storage.databases import NAMESPACE

SNAPSHOT_JOB = Workload("volume-snapshot-job", NAMESPACE)
RESTORE_JOB = Workload("volume-restore-job", NAMESPACE)
