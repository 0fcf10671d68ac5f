"""Truce to machines: JSON under /api/v1/, its schema, and the probes. Reads ask `queries`, writes go through `actions`."""
