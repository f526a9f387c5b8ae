"""Headroom for LiteLLM: its SDK and its proxy."""
