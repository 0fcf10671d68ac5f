"""Decisions on plain values: dataclasses, dates and numbers in, the same out. No records, no clock, no settings."""
