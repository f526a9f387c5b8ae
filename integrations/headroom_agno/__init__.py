"""Headroom for Agno."""
