"""Headroom for Strands agents."""
