"""The requests of the proxy's memory benchmark, and the figures that it makes of what it sees."""

from __future__ import annotations

import pytest

from benchmarks.proxy_memory import growth, kinds, request


def test_no_two_requests_are_alike_and_every_kind_has_its_share() -> None:
    found = [request(number) for number in range(1_000)]

    assert len({raw for _, raw in found}) == 1_000
    shares = {kind: f"{sum(each == kind for each, _ in found) // 10} %" for kind in kinds()}
    assert shares == kinds()
    credentials = [raw.partition(b"Bearer ")[2].partition(b"\r\n")[0] for _, raw in found]
    assert sum(each.startswith(b"sk-own-") for each in credentials) == 100
    assert len(set(credentials)) == 108
    assert request(7) == request(7)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([200.0, 200.0, 200.0], (0, 0, 0)),
        ([200.0, 201.0, 202.0], (1, 1, 1024)),
        ([200.0, 220.0, 200.0], (0, 10, 0)),
    ],
)
def test_growth_is_told_by_its_ends_its_spread_and_its_slope(
    sizes: list[float], expected: tuple[float, float, float]
) -> None:
    series = [(1_000 * at, size) for at, size in enumerate(sizes)]

    assert tuple(growth(series).values()) == expected


def test_a_system_that_tells_no_sizes_has_no_growth() -> None:
    assert growth([(0, 0.0), (1, 0.0)]) == {}
