"""Headroom for LangChain and LangGraph."""
