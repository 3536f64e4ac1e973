"""Dagster objects only: assets, checks, jobs, sensor, schedule, resource. Each fetches, calls one step,
reports counts."""
