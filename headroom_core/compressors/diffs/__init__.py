"""Diffs: how they are read, folded without loss, and narrowed to what is asked."""
