"""The kinds of pods that belong to Chroma."""

from __future__ import annotations

from components.foundation.labels import Workload
from components.settings.store import DATABASES

SERVER = Workload("chroma", DATABASES)
SNAPSHOT_JOB = Workload("chroma-snapshot-job", DATABASES)
RESTORE_JOB = Workload("chroma-restore-job", DATABASES)
