"""Search results: how they are read, written by file, and chosen from."""
