"""For each alert: what makes it fire, and what only just does not. Numbers come from the stack file of production."""

from tests.observability.cluster_cases import CLUSTER_CASES
from tests.observability.objective_cases import OBJECTIVE_CASES
from tests.observability.store_cases import STORE_CASES
from tests.observability.telemetry_cases import TELEMETRY_CASES

CASES = {**CLUSTER_CASES, **STORE_CASES, **TELEMETRY_CASES, **OBJECTIVE_CASES}
