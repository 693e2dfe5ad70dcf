"""Volumes, buckets and archives; schedules out of recovery objectives; metrics of snapshots."""
