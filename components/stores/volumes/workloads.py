"""The kinds of pods that belong to volumes."""

from __future__ import annotations

from components.foundation.labels import Workload
from components.settings.store import DATABASES

SNAPSHOT_JOB = Workload("volume-snapshot-job", DATABASES)
RESTORE_JOB = Workload("volume-restore-job", DATABASES)
