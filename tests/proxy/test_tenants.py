"""Namespaces: one for each client, the same in every process, and nothing to read in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.errors import ConfigError, NotFoundError
from headroom_core.settings import Settings
from headroom_proxy.tenants import Tenants
from tests.conversations import Turn, log, written

if TYPE_CHECKING:
    from pathlib import Path

MINE = [(b"authorization", b"Bearer sk-mine"), (b"x-other", b"1")]
THEIRS = [(b"authorization", b"Bearer sk-theirs")]


def test_a_namespace_is_the_same_in_every_process_and_says_nothing(tmp_path: Path) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path}/a/store.db")
    one, other = Tenants(settings), Tenants(settings)

    assert one.namespace(MINE) == other.namespace(MINE[:1])
    assert len({one.namespace(each) for each in (MINE, THEIRS, [])}) == 3
    assert "mine" not in one.namespace(MINE)
    elsewhere = Tenants(Settings(store=f"sqlite:///{tmp_path}/b/store.db"))
    assert elsewhere.namespace(MINE) != one.namespace(MINE)


@pytest.mark.requirement("proxy.tenants")
@pytest.mark.parametrize("url", ["memory://", "sqlite:///{}/store.db", ""])
def test_originals_outlive_the_engine_and_stay_with_their_client(url: str, tmp_path: Path) -> None:
    tenants = Tenants(Settings(store=url.format(tmp_path)), most=1)
    mine, theirs = tenants.namespace(MINE), tenants.namespace(THEIRS)
    ref = tenants.engine(mine).store.put("an original")

    with pytest.raises(NotFoundError):
        tenants.engine(theirs).store.get(ref)
    assert tenants.engine(mine).store.get(ref) == "an original"
    tenants.close()


def test_a_key_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "proxy.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="holds no key"):
        Tenants(Settings(store=f"sqlite:///{tmp_path}/store.db"))

    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot keep"):
        Tenants(Settings(store=f"sqlite:///{tmp_path}/file/store.db"))


def test_any_number_of_clients_shares_one_bounded_memory(tmp_path: Path) -> None:
    tenants = Tenants(Settings(store=f"sqlite:///{tmp_path}/store.db", memo_bytes=200_000))
    messages = written([Turn("What failed?", log(60))], "openai_chat")
    for number in range(150):
        name = tenants.namespace([(b"x-api-key", b"%d" % number)])
        tenants.engine(name).compress(messages)

    assert 0 < len(tenants.memory.outcomes) < 3 * 150
    assert tenants.memory.bytes_used <= tenants.memory.max_bytes == 50_000
    tenants.close()
