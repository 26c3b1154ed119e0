"""Evaluation: `python -m eval`, offline, over the very functions that page and terminal call."""
