"""Pictures of dashboards for docs/tour.md: panels of production, drawn from what a real Prometheus answers."""
