"""Contract kits and test tools for those who write stores, compressors and adapters."""
