"""Volumes, buckets and archives; schedules out of a promise; metrics of snapshots."""
