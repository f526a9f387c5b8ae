"""Headroom for the clients of the OpenAI and Anthropic SDKs."""
