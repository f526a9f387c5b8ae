"""The small language of `where`: conditions on rows, and figures about them."""
