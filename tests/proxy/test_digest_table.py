"""The table of digests: what was put is found or forgotten, never mixed up, in a fixed room."""

from __future__ import annotations

from hashlib import sha256

from headroom_proxy.digest_table import DigestTable


def digests(number: int) -> tuple[bytes, bytes]:
    name = sha256(str(number).encode()).digest()
    return name, sha256(name).digest()[:12]


def test_what_was_put_is_found_and_the_latest_counts() -> None:
    table = DigestTable()
    name, digest = digests(1)
    table.put(name, digest[::-1])
    table.put(name, digest)

    assert table.get(name) == digest
    assert table.get(digests(2)[0]) is None


def test_any_number_of_names_takes_the_same_room_and_none_gets_the_digest_of_another() -> None:
    table = DigestTable(places=100)
    size = table.size
    for number in range(20_000):
        table.put(*digests(number))

    found = [(digests(number), table.get(digests(number)[0])) for number in range(20_000)]
    held = [(digest, got) for (_, digest), got in found if got is not None]
    assert table.size == size == 2_800
    assert 0 < len(held) <= 100
    assert all(digest == got for digest, got in held)


def test_nearly_all_is_found_while_there_is_much_room() -> None:
    table = DigestTable()
    for number in range(1_000):
        table.put(*digests(number))

    assert sum(table.get(digests(number)[0]) is not None for number in range(1_000)) > 950
