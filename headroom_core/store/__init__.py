"""Stores of originals: what a note names is here, byte for byte."""
