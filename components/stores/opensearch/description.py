"""What everything else knows of OpenSearch."""

from components.settings.store import StoreKind
from components.stores.opensearch.log_pipeline_rules import LOG_PIPELINE_RULES
from components.stores.opensearch.rules import OPENSEARCH_RULES
from components.stores.opensearch.settings import CLUSTER, NAMESPACE
from components.stores.opensearch.transitions import OPENSEARCH_TRANSITIONS

OPENSEARCH = StoreKind(
    section="opensearch",
    word="opensearch",
    namespace=NAMESPACE,
    prefix=CLUSTER,
    rules=(*OPENSEARCH_RULES, *LOG_PIPELINE_RULES),
    transitions=OPENSEARCH_TRANSITIONS,
)
