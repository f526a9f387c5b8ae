"""Rows with named columns, read out of whatever an original is."""
