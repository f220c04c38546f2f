"""Carries out looks; follows logs."""
