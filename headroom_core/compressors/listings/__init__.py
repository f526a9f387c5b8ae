"""Listings of files: how they are read, nested by folder, and summed up."""
