"""Reading source code for outlines: which language, where its functions and comments stand."""
