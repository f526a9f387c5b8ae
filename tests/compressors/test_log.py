"""The lossless form of logs: templates, fields, sections, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core import frame
from headroom_core.compressors.base import Encoded, Hint
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs import groups
from headroom_core.compressors.logs.templates import VALUE
from headroom_core.errors import DecodeError
from headroom_core.source import Source

if TYPE_CHECKING:
    import random

LOG = LogCompressor()

SERVICE = [
    *(
        f"2026-01-05 10:{30 + at // 20}:{at * 3 % 60:02},{at * 37 % 1000:03} INFO  [pool-{at % 4}]"
        f" com.example.shop.OrderService: order ord-{at * 7919:08x} accepted in {at % 9} ms"
        for at in range(60)
    ),
    "2026-01-05 10:33:00,001 ERROR [pool-1] com.example.shop.OrderService: no stock for sku-9",
    "java.lang.IllegalStateException: no stock",
    "\tat com.example.shop.OrderService.accept(OrderService.java:91)",
    *(f"2026-01-05 10:33:{at:02},500 WARN  [gc] pause of {at} ms" for at in range(20)),
]
SYSLOG = [
    f"Jan  5 10:{31 + at // 9}:{at % 60:02} web-1 sshd[{2200 + at // 3}]: Failed password for"
    f" {user} from 10.1.{at % 3}.9 port {40000 + at} ssh2"
    for at, user in enumerate(["root", "ann", "bob", "eve", "dan", "kim"] * 8)
]
ACCESS = [
    f'10.0.0.{at % 5} - - [05/Jan/2026:10:31:{at % 60:02} +0000] "GET /shop/items/{at * 31}'
    f' HTTP/1.1" {200 if at % 7 else 404} {at * 13}'
    for at in range(50)
]
COMPACT = [
    f"260105 1031{at % 60:02} {at % 30} INFO dfs.Node: Served block blk_{at * 7_777_777} to"
    f" /10.251.1.{at % 9}"
    for at in range(40)
]
NODES = [
    f"- {1118771330 + at} 2026.01.05 R2{at % 4}-M1-N6 2026-01-05-10.48.{at % 60:02}.649332"
    f" R2{at % 4}-M1-N6 RAS KERNEL INFO {at % 5} double-hummer alignment exceptions"
    for at in range(40)
]
KUBERNETES = [
    f"I0105 10:31:{at % 60:02}.123456       1 event.go:291] Event(kind={{}} name=web-{at})"
    for at in range(30)
]
CI = [f"2026-01-05T10:3{at // 20}:{at % 60:02}.1234567Z ##[group]Run step {at}" for at in range(40)]
JSON_LINES = [
    f'{{"ts":"2026-01-05T10:31:{at % 60:02}Z","level":"info","msg":"cache miss","key":"k{at}",'
    f'"labels":{{}}}}'
    for at in range(30)
]
FORMATS = [SERVICE, SYSLOG, ACCESS, COMPACT, NODES, KUBERNETES, CI, JSON_LINES]
LINES = st.sampled_from([line for log in FORMATS for line in log])
ODD = st.one_of(
    st.text(max_size=20).map(lambda text: text.replace("\n", " ")),
    st.sampled_from(
        [
            "",
            " ",
            "A",
            "A1 2",
            "B x",
            "# 2026",
            "~:10 INFO",
            "\\",
            "x3 A1",
            "x2 ",
            "A={}",
            "[headroom log, 3 lines: x]",
            "\ud800",
            "\0",
            "\1:10 INFO",
            "{} {1} <> %s %d %%",
            "   ",
            "\tat a.b.C(D.java:1)",
        ]
    ),
)


def encoded(text: str) -> Encoded:
    form = LOG.encode(Source(text), Hint())
    assert form is not None
    return form


def decoded(form: Encoded) -> str:
    return LOG.decode(form.legend, form.body)


@pytest.mark.parametrize("lines", FORMATS, ids=lambda lines: lines[0][:20])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_log_of_any_format_gets_shorter_and_comes_back(lines: list[str], end: str) -> None:
    text = end.join(lines)

    form = encoded(text)

    assert len(form.body) < 0.75 * len(text)
    assert decoded(form) == text


@given(
    st.sampled_from(FORMATS),
    st.lists(st.one_of(LINES, ODD), max_size=12),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_a_log_with_anything_between_its_lines_comes_back(
    lines: list[str], others: list[str], order: random.Random
) -> None:
    mixed = [*lines, *others, *others]
    order.shuffle(mixed)
    text = "\n".join(mixed)

    form = LOG.encode(Source(text), Hint())

    if form is not None:
        assert decoded(form) == text
        assert "]" not in form.legend
        assert "\n" not in form.legend
        assert frame.unframe(frame.frame("log", form), lambda h, b: LOG.decode(h.legend, b)) == text


@given(st.lists(ODD, max_size=30))
@settings(max_examples=100, deadline=None)
def test_text_without_any_shape_comes_back_or_is_declined(lines: list[str]) -> None:
    text = "\n".join([*lines, *["same long line that ends all of it"] * 9])

    form = LOG.encode(Source(text), Hint())

    assert form is None or decoded(form) == text


def test_the_hour_and_minute_are_said_once_for_all_lines_under_them() -> None:
    form = encoded("\n".join(SERVICE))

    sections = [line for line in form.body.split("\n") if line.startswith("# ")]
    assert sections == [f"# 2026-01-05 10:{minute}" for minute in (30, 31, 32, 33)]


def test_a_clock_that_jumps_each_line_is_hoisted_by_its_date_only() -> None:
    text = "\n".join(
        f"2026-01-05 {at % 24:02}:{at * 7 % 60:02}:03 INFO worker {at * 11} is done with its job"
        for at in range(40)
    )

    form = encoded(text)

    assert form.body.count("\n# ") == 1
    assert decoded(form) == text


def test_a_value_that_stands_twice_in_every_line_is_written_once() -> None:
    form = encoded("\n".join(NODES))

    assert "{}-M1-N6 {} {2}-M1-N6 RAS KERNEL" in form.body
    assert "{1} = value 1 again" in form.legend


def test_a_value_inside_another_one_is_written_once() -> None:
    names = ["left-pad", "body-parser", "accepts", "cookie", "debug", "depd", "etag", "fresh", "ms"]
    lines = [
        f"cache {name}@https://registry.example/{name}/-/{name}-{at}.0.{at}.tgz {at * 7}ms (hit)"
        for at, name in enumerate(names * 3)
    ]

    form = encoded("\n".join(lines))

    definition = "A=cache {}@https://registry.example/{1}/-/{1}-{}.tgz {} (hit)"
    assert form.body.split("\n")[:2] == [definition, "A left-pad 0.0.0 0ms"]
    assert decoded(form) == "\n".join(lines)


def test_a_value_that_only_some_lines_repeat_is_no_copy() -> None:
    lines = [f"moved core{at} of the node to /spool/core{at - at % 3}x of it" for at in range(30)]

    form = encoded("\n".join(lines))

    assert "{1}" not in form.legend
    assert decoded(form) == "\n".join(lines)


def test_lines_that_follow_each_other_share_a_template() -> None:
    lines = [
        line
        for at in range(30)
        for line in (
            f"  Downloading pack-{at}.whl ({at}.5 MB)",
            f"     ----- {at}.5 MB {at * 3} MB/s",
        )
    ]

    form = encoded("\n".join([*lines, "Installing all of it", *lines[:2]]))

    assert form.body.startswith("A=  Downloading {} ({} MB)⏎     ----- {2} MB {} MB/s\n")
    assert "⏎ = line break" in form.legend
    assert decoded(form) == "\n".join([*lines, "Installing all of it", *lines[:2]])


def test_a_template_that_would_start_like_a_section_is_not_used() -> None:
    text = "\n".join(f"~ the home of user {at} is full of things" for at in range(20))

    assert LOG.encode(Source(text), Hint()) is None


def test_long_ids_are_named_where_legends_are_wanted() -> None:
    ids = [f"attempt_{at * 7_919_777}_m" for at in range(1, 21)]
    text = "\n".join(f"task {ids[at % 20]} is {at * 3} percent of its way" for at in range(60))

    form = LOG.encode(Source(text), Hint(legends=True))

    assert form is not None
    assert form.legend.startswith("first 20 lines = ids that $1, $2 ... stand for, then first 1 ")
    assert form.body.split("\n")[0] == ids[0]
    assert "A $1 0" in form.body
    assert decoded(form) == text
    assert ids[0] in encoded(text).body


@pytest.mark.parametrize(
    "end",
    [
        "it took $1 and no more",
        "it took its time on 2026-01-05T10:31:00Z",
    ],
)
def test_ids_keep_their_names_where_the_sign_is_taken_or_they_are_dates(end: str) -> None:
    text = "\n".join(f"task {chr(97 + at % 26)}{at} is done: {end}" for at in range(60))

    form = LOG.encode(Source(text), Hint(legends=True))

    assert form is not None
    assert form.legend.startswith("first 1 lines = templates")
    assert decoded(form) == text


@given(
    st.sampled_from(FORMATS),
    st.lists(st.one_of(LINES, ODD), max_size=12),
    st.randoms(use_true_random=False),
)
def test_a_log_with_legends_comes_back(
    lines: list[str], others: list[str], order: random.Random
) -> None:
    mixed = [*lines, *others, *others, *others]
    order.shuffle(mixed)
    text = "\n".join(mixed)

    form = LOG.encode(Source(text), Hint(legends=True))

    assert form is None or decoded(form) == text


@pytest.mark.parametrize(
    ("count", "body"),
    [(3, "one-id-1\nA=x"), (1, "one-id-1\n$2"), (1, "1" * 60_000 + "\n" + "$1 " * 60_000)],
)
def test_a_forged_legend_is_refused(count: int, body: str) -> None:
    legend = f"first {count} lines = ids that $1, $2 ... stand for, then first 0 lines = templates,"

    with pytest.raises(DecodeError):
        LOG.decode(f"{legend} and the values for its {{}}, x", body)


def test_rare_names_stay_whole_and_frequent_ones_lose_what_they_share() -> None:
    rare = encoded("\n".join(f"moved block blk_{at * 97_000_003} to disk" for at in range(30)))
    common = encoded("\n".join(f"moved block blk_{at % 3 + 7} to disk now" for at in range(30)))

    assert "blk_97000003" in rare.body
    assert "moved block blk_{} to disk now" in common.body


def test_directories_that_all_paths_share_are_said_once() -> None:
    form = encoded("\n".join(f"fetched /srv/mirror/pool/package-{at * 7}.deb" for at in range(30)))

    assert "fetched /srv/mirror/pool/{}" in form.body


def test_words_that_differ_become_fields_and_frequent_words_stay() -> None:
    users = ["ann", "bob", "eve", "dan", "kim", "leo", "mia", "noa"]
    lines = [f"session opened for user {name} by the login service" for name in users]
    lines += ["session opened for user root by the login service"] * 30

    form = encoded("\n".join(lines))

    assert "user {} by" in form.body
    assert "user root by" in form.body


def test_equal_neighbours_are_counted() -> None:
    text = "\n".join(["starting the machine", *["still waiting for the device"] * 9, "it is done"])

    form = encoded(text)

    assert "x9 still waiting for the device" in form.body
    assert decoded(form) == text


def test_the_mark_of_a_field_is_one_that_the_log_does_not_contain() -> None:
    form = encoded("\n".join(KUBERNETES))

    assert "kind={} name=<>" in form.body
    assert "for its <>" in form.legend


def test_a_template_that_contains_every_mark_is_not_used() -> None:
    text = "\n".join(f"{{}} <> %s <*> and the number {at} stays a line" for at in range(9))

    assert LOG.encode(Source(text), Hint()) is None


def test_more_shapes_than_are_merged_still_join_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(groups, "MOST_SHAPES", 8)
    words = [chr(97 + at // 26) + chr(97 + at % 26) for at in range(200)]
    lines = [f"session opened for user {word} by the login service" for word in words]
    lines += ["a line that came late and often to this log"] * 2
    lines += [f"one more {word}" for word in words[:3]]
    lines += ["session opened for user 7 by the login service"] * 2
    text = "\n".join(lines)

    form = encoded(text)

    assert form.body.count("session opened") == 1
    assert decoded(form) == text


def test_a_line_that_could_join_either_of_two_groups_joins_one() -> None:
    lines = ["alpha one two three", "beta one two three", "beta one two four"]

    (group,) = groups.group(lines)

    assert group.shape == f"{VALUE} one two three"
    assert group.lines == [0, 1]


def test_lines_whose_own_values_stand_in_different_places_are_one_group() -> None:
    (group,) = groups.group(["8 one two three", "alpha 9 two three"])

    assert group.shape == f"{VALUE} {VALUE} two three"
    assert group.lines == [0, 1]
