"""Learned compression of prose, for those who ask for it: the `ml` extra.

Nothing here is imported unless it is used, and no weights are loaded while a request waits.
"""
