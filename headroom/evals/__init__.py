"""Evaluations that can fail: `python -m headroom.evals`."""
