"""Parts of an original: one module for each way to ask for them."""
