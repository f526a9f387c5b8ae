"""Wrong settings fail when they are made, and say which one it is."""

from __future__ import annotations

from typing import Any

import pytest

from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_proxy import ProxySettings
from headroom_proxy.upstreams import Upstreams


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("upstream_openai", "api.openai.com"),
        ("upstream_openai", "ftp://api.openai.com"),
        ("upstream_openai", "https://user:key@api.openai.com"),
        ("upstream_openai", "https://api.openai.com/v1?x=1"),
        ("upstream_anthropic", "https://"),
        ("upstream_anthropic", "https://host:99999"),
        ("upstream_anthropic", "https://[::1"),
        ("via", "proxy:3128"),
        ("port", 70_000),
        ("port", -1),
        ("port", True),
        ("max_body_bytes", 0),
        ("max_rewrite_bytes", -1),
        ("max_concurrency", 0),
        ("max_rounds", 1.5),
        ("grace_seconds", 0),
        ("connect_seconds", 0),
        ("access_log", "loud"),
        ("token", "short"),
        ("token", "has spaces in it, which no header likes"),
        ("allow_origins", ("*",)),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"`{name}`"):
        ProxySettings(**{name: value})


def test_workers_need_a_store_that_they_can_share() -> None:
    with pytest.raises(ConfigError, match="`workers`"):
        ProxySettings(workers=2, compression=Settings(store="memory://"))


@pytest.mark.parametrize(
    ("base", "path", "target"),
    [
        ("https://api.openai.com", b"/v1/chat/completions", b"/v1/chat/completions"),
        ("https://api.openai.com/v1", b"/v1/chat/completions", b"/v1/chat/completions"),
        ("https://api.openai.com/v1/", b"/chat/completions", b"/v1/chat/completions"),
        ("https://host/openai/v1", b"/v1/models", b"/openai/v1/models"),
        ("https://host/v1beta/openai/", b"/v1/models", b"/v1beta/openai/models"),
        ("https://host", b"/v1", b"/v1"),
        ("https://host", b"/v10/x%2F", b"/v10/x%2F"),
    ],
)
def test_a_base_url_is_what_an_sdk_has_in_front_of_the_path(
    base: str, path: bytes, target: bytes
) -> None:
    upstreams = Upstreams(ProxySettings(upstream_openai=base))

    assert upstreams.openai.target(path, b"") == target
    assert upstreams.openai.target(path, b"a=1") == target + b"?a=1"


@pytest.mark.parametrize(
    ("base", "target"),
    [
        ("https://api.anthropic.com", b"/v1/messages"),
        ("https://host/anthropic", b"/anthropic/v1/messages"),
        ("https://host/anthropic/v1", b"/anthropic/v1/messages"),
    ],
)
def test_the_anthropic_sdk_has_its_v1_in_the_path(base: str, target: bytes) -> None:
    upstreams = Upstreams(ProxySettings(upstream_anthropic=base))

    assert upstreams.anthropic.target(b"/v1/messages", b"") == target


@pytest.mark.parametrize(
    ("path", "headers", "provider"),
    [
        (b"/v1/messages", [], "anthropic"),
        (b"/v1/messages/count_tokens", [], "anthropic"),
        (b"/v1/messages/batches/b1", [], "anthropic"),
        (b"/v1/complete", [], "anthropic"),
        (b"/v1/models", [(b"anthropic-version", b"2023-06-01")], "anthropic"),
        (b"/v1/models", [(b"authorization", b"Bearer k")], "openai"),
        (b"/v1/completions", [], "openai"),
        (b"/v1/threads/t/messages", [], "openai"),
        (b"/v1/chat/completions", [], "openai"),
        (b"/", [], "openai"),
        (b"/", [(b"user-agent", b"Bun/1.4.0")], "anthropic"),
        (b"/", [(b"user-agent", b"curl/8.5.0")], "openai"),
        (b"/api/hello", [(b"user-agent", b"claude-cli/2.1.197 (external, cli)")], "anthropic"),
        (b"/api/hello", [(b"user-agent", b"Anthropic/Python 2.11.0")], "anthropic"),
        (b"/api/hello", [(b"x-api-key", b"k")], "anthropic"),
        (b"/api/hello", [(b"user-agent", b"Bun/1.4.0")], "openai"),
        (b"/v1/models", [(b"x-api-key", b"k")], "openai"),
        (b"/chat/completions", [(b"x-api-key", b"k")], "openai"),
    ],
)
def test_the_shape_of_a_request_chooses_the_upstream(
    path: bytes, headers: list[tuple[bytes, bytes]], provider: str
) -> None:
    upstreams = Upstreams(ProxySettings())

    assert upstreams.choose(path, headers).provider == provider


def test_a_host_with_other_letters_is_written_as_the_network_wants_it() -> None:
    upstreams = Upstreams(ProxySettings(upstream_openai="https://bücher.example:8443/v1"))

    assert upstreams.openai.host == b"xn--bcher-kva.example:8443"
