"""Broken sites to practise on. Nothing outside it knows a scenario."""
