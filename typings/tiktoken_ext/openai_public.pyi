# The definitions of the public encodings, which a test compares with ours.

from collections.abc import Callable

ENCODING_CONSTRUCTORS: dict[str, Callable[[], dict[str, object]]]
