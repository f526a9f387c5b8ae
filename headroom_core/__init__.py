"""The compressor under all adapters. It knows no framework and no HTTP.

People import from `headroom`; adapters import from the modules of this package.
"""
