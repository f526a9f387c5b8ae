"""Measurements behind the figures in the docs. Nothing here is a test."""
