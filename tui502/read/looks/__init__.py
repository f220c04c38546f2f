"""The looks that are wanted, by what they are at; `read/plan.py` puts them in order."""
