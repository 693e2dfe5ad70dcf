"""The kinds of pods that belong to Chroma."""

from __future__ import annotations

from components.foundation.labels import Workload
from components.storage.databases import NAMESPACE

SERVER = Workload("chroma", NAMESPACE)
SNAPSHOT_JOB = Workload("chroma-snapshot-job", NAMESPACE)
RESTORE_JOB = Workload("chroma-restore-job", NAMESPACE)
