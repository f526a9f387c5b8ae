"""Texts that are read for what they say: sentences, sections, chunks, and which of them answer."""
