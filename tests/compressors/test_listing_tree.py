"""Trees as `tree` draws them: a form with a blank a level, and its view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.listings import branches
from headroom_core.compressors.listings.entries import entries_of
from headroom_core.errors import DecodeError
from headroom_core.source import Source
from tests.compressors.test_listing import LISTING, NODES


@given(
    nodes=NODES,
    style=st.sampled_from(
        [
            ("│\u00a0\u00a0 ", "├── ", "└── "),
            ("|   ", "|-- ", "`-- "),
            ("│ ", "├── ", "└─┬ "),
            ("│ ", "├─┬ ", "└── "),
        ]
    ),
)
def test_what_is_read_as_a_tree_comes_back_byte_for_byte(
    nodes: list[tuple[int, str]], style: tuple[str, str, str]
) -> None:
    pipe, fork, last = style
    text = "\n".join(
        name
        if not level
        else (pipe, " " * len(pipe))[at % 2] * (level - 1) + (fork, last)[at % 3 == 0] + name
        for at, (level, name) in enumerate(nodes)
    )

    form = branches.write(text.split("\n"))

    assert form is None or branches.read(*form) == text


def test_a_tree_is_written_with_a_blank_a_level() -> None:
    text = """\
.
├── docs
│   ├── a_long_name_of_a_page.md
│   └── b_long_name_of_a_page.md
├── src
│   └── shop
│       ├── basket.py
│       ├── discount.py
│       └── order.py
└── setup.py

 3 directories, 6 files"""

    encoded = LISTING.encode(Source(text), Hint())
    form = branches.write(text.split("\n"))

    assert form is not None
    assert form[1].split("\n")[:5] == [
        ".",
        " docs",
        "  a_long_name_of_a_page.md",
        "  b_long_name_of_a_page.md",
        " src",
    ]
    assert branches.read(*form) == text
    assert encoded is None or LISTING.decode(encoded.legend, encoded.body) == text


def test_a_tree_of_packages_is_one_too() -> None:
    text = """\
shop@1.0.0 /srv/shop
├─┬ accepts@1.3.8
│ ├─┬ mime-types@2.1.35
│ │ └── mime-db@1.52.0
│ └── negotiator@0.6.3
├── after@0.8.2
└─┬ body-parser@1.20.3
  ├── bytes@3.1.2
  └── debug@2.6.9 deduped
"""

    form = branches.write(text.split("\n"))

    assert form is not None
    assert form[1].split("\n")[1:5] == [
        " accepts@1.3.8",
        "  mime-types@2.1.35",
        "   mime-db@1.52.0",
        "  negotiator@0.6.3",
    ]
    assert branches.read(*form) == text
    entries = entries_of(text.split("\n"))
    assert entries[2].folder == "shop@1.0.0 /srv/shop/accepts@1.3.8/mime-types@2.1.35/"


def test_a_view_of_a_tree_shows_the_folders_of_what_it_shows() -> None:
    text = "\n".join(
        [
            ".",
            *(f"├── part_{n}\n│   ├── docs\n│   │   └── page_{n}.md" for n in range(60)),
            *("└── last", "        └── deep", "", "181 directories, 61 files"),
        ]
    )

    view = LISTING.view(Source(text), Hint(query="Where is page_33.md?"), 300)

    assert view is not None
    assert "├── part_33\n│   ├── docs\n│   │   └── page_33.md\n" in view.body
    assert len(view.body) < 700


def test_a_long_tree_is_compressed_and_comes_back() -> None:
    text = "\n".join([".", *(f"├── part_{n}\n│   └── main.py" for n in range(40)), "└── last"])

    encoded = LISTING.encode(Source(text), Hint())

    assert encoded is not None
    assert LISTING.decode(encoded.legend, encoded.body) == text


@pytest.mark.parametrize(
    ("legend", "body"),
    [
        ("tree, one blank a level", "a"),
        ("tree, one blank a level and more; drawn with │", "a"),
        ("tree, one blank a level; drawn with │", " " * 201 + "a"),
    ],
)
def test_what_is_no_tree_is_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        LISTING.decode(legend, body)
