# The part of toktok-rs that the core uses; the package itself carries no types.

def truncate(text: str, max_tokens: int, encoding: str = ...) -> tuple[str, int]: ...

class _Tokenizer:
    n_vocab: int
    def decode_single_token_bytes(self, token: int) -> bytes: ...

def _encoding(name: str) -> _Tokenizer: ...  # of the benchmarks, not of the core
