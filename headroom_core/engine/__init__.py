"""The causal pass over a conversation, and the work on one part of it."""
