"""Of settings in families, some of each family come first."""

from headroom_core.compressors.families import spread

LINES = [
    *(f"kernel.panic_{number} = 0" for number in range(5)),
    *(f"net.ipv4.tcp_{number} = 1" for number in range(3)),
    "  net.ipv6.hop = 64",
    "swap = on",
    "# a comment",
    *("vm.stat = 1", "vm.stat = 2"),
]


def first(count: int) -> list[str]:
    order = spread(LINES, range(len(LINES)))
    assert sorted(order) == list(range(len(LINES)))
    return [LINES[at].strip() for at in order[:count]]


def test_one_of_each_family_comes_first_with_those_of_none() -> None:
    assert first(5) == [
        *("kernel.panic_0 = 0", "net.ipv4.tcp_0 = 1"),
        *("swap = on", "vm.stat = 1", "# a comment"),
    ]


def test_then_comes_one_of_each_smaller_family_and_then_families_take_turns() -> None:
    assert first(12)[5:] == [
        "net.ipv6.hop = 64",
        *("kernel.panic_1 = 0", "net.ipv4.tcp_1 = 1", "vm.stat = 2"),
        *("kernel.panic_2 = 0", "net.ipv4.tcp_2 = 1", "kernel.panic_3 = 0"),
    ]


def test_lines_without_families_keep_their_order() -> None:
    assert spread(["b = 1", "a = 2", "c"], range(3)) == [0, 1, 2]
