"""Free memory is given back to the system, while there are requests and where that can be done."""

from __future__ import annotations

import ctypes
from threading import Event

import httpx2
import pytest

from headroom_proxy import gateway, heap
from tests.proxy.running import proxying


class OtherLibrary:
    def __init__(self, name: object) -> None:
        del name


def test_the_heap_is_trimmed_when_requests_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed = Event()
    monkeypatch.setattr(gateway, "TRIM_SECONDS", 0.01)
    monkeypatch.setattr(gateway, "trim", trimmed.set)

    with proxying("http://127.0.0.1:9") as proxy:
        httpx2.get(f"{proxy.url}/livez")

        assert trimmed.wait(30)


def test_where_the_c_library_cannot_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    heap.trim()  # whatever this system has

    monkeypatch.setattr(heap, "_trim", None)
    heap.trim()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_are_not_asked(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)

    assert heap._found() is None


def test_another_c_library_is_asked_and_has_no_such_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", OtherLibrary)

    assert heap._found() is None
