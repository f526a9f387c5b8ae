"""Recognise secrets, so that a text that holds one is never written into a store.

The store keeps exact texts under refs that are their digests; it never holds a redacted variant.
So a redactor decides instead of editing: a text that it would change is not stored at all, hence
never shortened lossily, and the model keeps seeing what it would have seen without us.

The built-in redactor knows common shapes. It finds a secret by its shape or by the name that
stands in front of it, not by guessing at random strings, and reads every text in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

Redactor = Callable[[str], str]
"""Returns its text without the secrets; the same text when there are none."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """One kind of secret. A text without any of the `hints`, in lower case, holds none of it."""

    name: str
    hints: tuple[str, ...]
    pattern: str
    """The last named group, or all of the match if there is none, is what is masked."""


_SEPARATOR = r"\\?[\"']?[ \t]{0,4}(?::=|=>|[:=])[ \t]{0,4}"
# Names in front of a value: of what is always a secret, and of what often is none.
_STRONG = r"(?:pass(?:word|wd|phrase)|pwd|(?<![a-z])secret|client[_-]?secret)"
_WEAK = (
    r"(?:token|api[_-]?key|(?:access|secret|private|auth|account|encryption|signing|master)"
    r"[_-]?key|credentials?|secret)"
)
_VALUE = r"[^\s\"'`,;&()\[\]<>{}$*\\]"
# A letter and a digit: `password: string` and `max_token=100000` are code.
_MIXED = rf"(?={_VALUE}{{0,64}}?[0-9])(?={_VALUE}{{0,64}}?[A-Za-z])"

# Every repetition has a bound, or is possessive and starts where no other attempt can start
# again, so that no text takes more than linear time.
_SHAPES = (
    _Shape(
        "private key",
        ("private key",),
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){64,}+"
        r"(?:-----END [A-Z0-9 ]{0,48}-----)?",
    ),
    _Shape(
        "AWS key",
        ("akia", "asia", "abia", "acca"),
        r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    ),
    _Shape(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{36,255})",
    ),
    _Shape("GitLab token", ("glpat-",), r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,64}"),
    _Shape(
        "Slack token",
        ("xox", "xapp-", "hooks.slack.com"),
        r"(?<![A-Za-z0-9])(?:xox[abeoprs]-|xapp-)[A-Za-z0-9-]{10,255}"
        r"|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,128}",
    ),
    _Shape(
        "Anthropic or OpenAI key",
        ("sk-",),
        r"(?<![A-Za-z0-9])sk-(?:ant-|proj-|svcacct-|admin-)[A-Za-z0-9_-]{20,255}"
        r"|(?<![A-Za-z0-9])sk-[A-Za-z0-9]{32,64}(?![A-Za-z0-9])",
    ),
    _Shape(
        "Google key",
        ("aiza", "ya29.", "gocspx-"),
        r"(?<![A-Za-z0-9])(?:AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,255}"
        r"|GOCSPX-[A-Za-z0-9_-]{20,64})",
    ),
    _Shape(
        "Stripe key",
        ("sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"),
        r"(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,255}",
    ),
    _Shape("npm token", ("npm_",), r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _Shape("PyPI token", ("pypi-",), r"(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{50,255}"),
    _Shape("Hugging Face token", ("hf_",), r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,64}"),
    _Shape(
        "JSON web token",
        ("eyj",),
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}+\.eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+",
    ),
    _Shape(
        "authorization header",
        ("authorization",),
        r"(?i:authorization)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
        r"(?i:bearer|basic|token|negotiate|apikey)[ \t]{1,4}"
        r"(?P<secret>[^\s\"',;<>{}$]{6,}+)",
    ),
    _Shape(
        "connection string",
        ("://",),
        r"(?<=://)[^\s/:@\"'<>{}$]{0,128}:(?P<secret>[^\s/@\"'<>{}$*]{3,256})@(?=[A-Za-z0-9\[])",
    ),
    _Shape(
        "password",
        ("pass", "pwd", "secret"),
        rf"(?i:{_STRONG}){_SEPARATOR}(?:\\?\"(?P<secret>[^\s\"\\<>{{}}$*]{{4,255}})\\?\""
        r"|'(?P<quoted>[^\s'\\<>{}$*]{4,255})'"
        rf"|(?P<bare>{_MIXED}(?![/~.]){_VALUE}{{6,255}}+(?![(\[])))",
    ),
    _Shape(
        "token",
        ("token", "key", "credential", "secret"),
        rf"(?i:{_WEAK}){_SEPARATOR}\\?[\"']?(?P<secret>{_MIXED}(?![/~.]){_VALUE}{{16,255}}+(?![(\[]))",
    ),
    _Shape(
        "environment secret",
        ("password", "passphrase", "secret", "token", "_key"),
        r"(?<!\S)[A-Z0-9_]{0,64}?"
        r"(?:PASSWORD|PASSPHRASE|SECRET|TOKEN|(?:API|ACCESS|SECRET|PRIVATE|AUTH)_KEY)="
        r"[\"']?(?P<secret>[^\s\"'$<{*%/.][^\s\"']{3,255})",
    ),
)


def redact_secrets(text: str) -> str:
    """Mask what looks like a credential. The built-in `Redactor`."""
    lowered = text.lower()
    for shape in _SHAPES:
        if any(hint in lowered for hint in shape.hints):
            text = _compiled(shape.pattern).sub(partial(_masked, shape.name), text)
    return text


def redacts(redactor: Redactor | None, text: str) -> bool:
    """Say whether a redactor would change a text, so that it must not be stored."""
    return redactor is not None and redactor(text) != text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # At first use, since compiling all of them takes longer than importing the rest of the core.
    return re.compile(pattern)


def _masked(name: str, match: re.Match[str]) -> str:
    start, end = match.span(match.lastgroup or 0)
    head, tail = match.string[match.start() : start], match.string[end : match.end()]
    return f"{head}[redacted: {name}]{tail}"
