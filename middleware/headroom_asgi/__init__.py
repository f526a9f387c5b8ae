"""Headroom as middleware of any ASGI application."""
