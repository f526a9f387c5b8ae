# The part of google-re2 that the core uses; the package itself carries no types.

from collections.abc import Iterator
from typing import AnyStr, Generic, Literal

class error(Exception): ...

class Options:
    class Encoding:
        UTF8: object
        LATIN1: object

    case_sensitive: bool
    dot_nl: bool
    encoding: object
    literal: bool
    log_errors: bool
    longest_match: bool
    max_mem: int
    never_capture: bool
    never_nl: bool
    one_line: bool
    perl_classes: bool
    posix_syntax: bool
    word_boundary: bool

class _Match(Generic[AnyStr]):
    def group(self, group: Literal[0] = 0, /) -> AnyStr: ...
    def start(self, group: int | str = 0) -> int: ...
    def end(self, group: int | str = 0) -> int: ...
    def span(self, group: int | str = 0) -> tuple[int, int]: ...

class _Regexp(Generic[AnyStr]):
    @property
    def pattern(self) -> AnyStr: ...
    @property
    def groups(self) -> int: ...
    @property
    def groupindex(self) -> dict[str, int]: ...
    def search(
        self, text: AnyStr, pos: int | None = None, endpos: int | None = None
    ) -> _Match[AnyStr] | None: ...
    def match(
        self, text: AnyStr, pos: int | None = None, endpos: int | None = None
    ) -> _Match[AnyStr] | None: ...
    def fullmatch(
        self, text: AnyStr, pos: int | None = None, endpos: int | None = None
    ) -> _Match[AnyStr] | None: ...
    def finditer(
        self, text: AnyStr, pos: int | None = None, endpos: int | None = None
    ) -> Iterator[_Match[AnyStr]]: ...
    def findall(
        self, text: AnyStr, pos: int | None = None, endpos: int | None = None
    ) -> list[AnyStr]: ...

def compile(pattern: AnyStr, options: Options | None = None) -> _Regexp[AnyStr]: ...
def escape(pattern: AnyStr) -> AnyStr: ...
