"""The command: it starts, says where it is, serves with several workers, and stops in order."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from click.testing import CliRunner

from headroom.cli.main import cli
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.settings import Settings
from headroom_proxy import ProxySettings, run
from headroom_proxy.banner import banner
from headroom_proxy.run import listen, room_for
from tests.conversations import log
from tests.proxy.raw import Conversation, raw_serving

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

ADDRESS = re.compile(r"Headroom proxy on (http://\S+)")
TOKEN = "s3cret-token-of-the-proxy"


@dataclass(slots=True)
class Command:
    """`headroom proxy` in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    said: str

    def stopped(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it said after its banner."""
        self.process.send_signal(number)
        assert self.process.stderr is not None
        rest = self.process.stderr.read()
        return self.process.wait(30), rest


@contextmanager
def command(upstream: str, *options: str) -> Generator[Command]:
    arguments = ["--port", "0", "--upstream-openai", upstream, "--upstream-anthropic", upstream]
    process = subprocess.Popen(
        [sys.executable, "-m", "headroom", "proxy", *arguments, *options],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HEADROOM_PROXY_GRACE_SECONDS": "20"},
    )
    assert process.stderr is not None
    said = ""
    while "/stats" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    found = ADDRESS.search(said)
    assert found
    try:
        yield Command(process, found[1], said)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def answer(conversation: Conversation) -> None:
    conversation.send_json(b"{}")


def test_it_says_where_to_point_clients_and_logs_no_content(tmp_path: Path) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "a secret question"}]}
    headers = {"authorization": "Bearer sk-secret", "x-headroom-token": TOKEN}

    with (
        raw_serving(answer) as upstream,
        command(upstream.url, "--token", TOKEN, "--access-log", "json") as proxy,
    ):
        route = "/v1/chat/completions?key=secret-in-a-query"
        assert httpx2.post(proxy.url + route, json=body, headers=headers).status_code == 200
        assert httpx2.get(f"{proxy.url}/token/secret-guess/v1/x").status_code == 401
        code, logged = proxy.stopped(signal.SIGINT)

    (key,) = tmp_path.rglob("proxy.key")
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32
    assert f"OPENAI_BASE_URL={proxy.url}/v1" in proxy.said
    assert f"ANTHROPIC_BASE_URL={proxy.url}\n" in proxy.said
    assert code == 0
    records = [json.loads(line[line.index("{") :]) for line in logged.splitlines() if "{" in line]
    assert [each["route"] for each in records] == ["chat", "other"]
    assert records[0]["status"] == 200
    assert records[0]["bytes_in"] > 0
    for secret in ("secret", TOKEN, "question"):
        assert secret not in logged + proxy.said


@pytest.mark.requirement("proxy.graceful")
def test_a_stop_lets_streams_finish() -> None:
    go_on = Event()

    def script(conversation: Conversation) -> None:
        conversation.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        conversation.send_chunk(b"first ")
        go_on.wait(20)
        conversation.send_chunk(b"last")
        conversation.send(b"0\r\n\r\n")

    with raw_serving(script) as upstream, command(upstream.url) as proxy:
        with httpx2.stream("GET", f"{proxy.url}/v1/x", timeout=30) as response:
            chunks = response.iter_raw()
            got = next(chunks)
            proxy.process.send_signal(signal.SIGTERM)
            while not _refuses(proxy.url):
                pass
            go_on.set()
            got += b"".join(chunks)
        assert proxy.process.wait(30) == 0

    assert got == b"first last"


def _refuses(url: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5):
            return False
    except OSError:
        return True


@pytest.mark.requirement("proxy.workers")
def test_workers_share_the_store_and_the_figures() -> None:
    asked = {"messages": [{"role": "tool", "content": log(1_500)}], "config": {"mode": "ccr"}}
    refs: set[str] = set()

    with raw_serving(answer) as upstream, command(upstream.url, "--workers", "2") as proxy:
        for _ in range(4):  # a connection each: the kernel spreads them over the workers
            response = httpx2.post(f"{proxy.url}/v1/compress", json=asked, timeout=60)
            refs.update(response.json()["ccr_hashes"])
        (ref,) = refs
        for _ in range(4):
            response = httpx2.get(f"{proxy.url}/v1/retrieve/{ref}", timeout=60)
            assert response.json()["original_content"] == log(1_500)
        total = 0
        while total < 8:  # what another worker counted is a second old at most
            stats = httpx2.get(f"{proxy.url}/stats").json()
            total = stats["requests"].get("compress", 0) + stats["requests"].get("retrieve", 0)
        code, _ = proxy.stopped()

    assert total == 8
    assert code == 0


def test_wrong_settings_are_one_line() -> None:
    for options, said in [
        (["--host", "0.0.0.0"], "token"),
        (["--upstream-openai", "nowhere"], "`upstream_openai`"),
        (["--workers", "0"], "`workers`"),
    ]:
        result = CliRunner().invoke(cli, ["proxy", *options])

        assert isinstance(result.exception, ConfigError)
        assert said in str(result.exception)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="already"):
            listen(ProxySettings(port=port))


def test_small_writes_do_not_wait_for_each_other() -> None:
    with listen(ProxySettings(port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # what asyncio asks for before it says so


def test_without_its_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "headroom_proxy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpx2", None)

    result = CliRunner().invoke(cli, ["proxy"])

    assert isinstance(result.exception, MissingExtraError)
    assert "headroom-gateway[proxy]" in str(result.exception)


@pytest.mark.parametrize(
    ("soft", "hard", "room"), [(256, 4_096, 1_000), (256, 528, 200), (100_000, 100_000, 1_000)]
)
def test_the_limit_of_open_files_is_raised_or_told(
    soft: int, hard: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")

    def limits(*_: object) -> tuple[int, int]:
        return soft, hard

    monkeypatch.setattr(resource, "getrlimit", limits)
    monkeypatch.setattr(resource, "setrlimit", limits)
    settings = ProxySettings(max_concurrency=1_000)

    assert room_for(settings) == room
    assert ("limit of open files" in banner(settings, room=room)) == (room < 1_000)


def test_the_banner_tells_of_the_token_and_of_what_is_off() -> None:
    settings = ProxySettings(
        host="::", token=TOKEN, retrieval=False, compression=Settings(mode="lossless")
    )

    text = banner(settings, room=settings.max_concurrency)

    assert "http://127.0.0.1:8787/token/TOKEN/v1" in text
    assert TOKEN not in text
    assert "! retrieval is off" in text


def test_serving_goes_on_until_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "logging_to_stderr", lambda: None)
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    told: list[int] = []

    def stop(settings: ProxySettings) -> None:
        def ask() -> None:
            told.append(httpx2.get(f"http://127.0.0.1:{settings.port}/livez").status_code)
            os.kill(os.getpid(), signal.SIGTERM)

        Thread(target=ask).start()

    try:
        given = ProxySettings(port=0, compression=Settings(store="memory://"))
        run.serve(given, on_start=stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert told == [200]


def test_the_command_passes_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[ProxySettings] = []

    def serve(settings: ProxySettings, **more: Any) -> None:
        given.append(settings)
        more["on_start"](settings)

    monkeypatch.setattr(run, "serve", serve)
    options = ["--port", "99", "--mode", "max", "--no-retrieval", "--allow-host", "a"]
    result = CliRunner().invoke(cli, ["proxy", *options], env={"HEADROOM_PROXY_TOKEN": TOKEN})

    assert result.exit_code == 0
    (settings,) = given
    assert (settings.port, settings.retrieval, settings.token) == (99, False, TOKEN)
    assert settings.allow_hosts == ("a",)
    assert settings.compression.mode == "max"
    assert "Headroom proxy on http://127.0.0.1:99" in result.output


def test_the_log_of_the_server_says_nothing_twice() -> None:
    from headroom_proxy.run import _is_news  # noqa: PLC0415 - after the modules were made anew

    def record(text: str) -> logging.LogRecord:
        return logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, text, None, None)

    assert not _is_news(record("ASGI callable returned without completing response."))
    assert _is_news(record("Exception in ASGI application\n"))
