"""Recorded incidents: evidence of real outages with the findings expected of it. See record.py."""
