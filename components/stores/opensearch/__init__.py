"""OpenSearch: the cluster, its console, its metrics exporter and the jobs that found and configure it."""
