"""The compressors, one shape of text a file."""
