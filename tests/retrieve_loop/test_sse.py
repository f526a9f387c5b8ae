"""The frames of server-sent events, however their bytes are written and cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.retrieve_loop.sse import Frame, SseReader


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_data_on_several_lines_is_one_text_and_goes_out_on_several(end: bytes) -> None:
    raw = end.join([b"\xef\xbb\xbfid: 7", b"data: {", b'data:"a": 1}', b"retry: 5", b"", b""])
    [frame] = SseReader().feed(raw)

    assert frame == Frame(raw)
    assert frame.data == b'{\n"a": 1}'
    changed = frame.with_data(b'{\n"a": 2}')
    lines = [b"id: 7", b"data: {", b'data: "a": 2}', b"retry: 5", b"", b""]
    assert changed == end.join(lines)


@given(data=st.data(), end=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_frames_are_the_same_however_the_bytes_are_cut(data: st.DataObject, end: bytes) -> None:
    lines = data.draw(st.lists(st.sampled_from([b"data: x", b"", b": c", b"event: y"])))
    raw = end.join([*lines, b""])
    at = sorted(data.draw(st.lists(st.integers(0, len(raw)))))
    reader = SseReader()

    frames = [
        f for a, b in zip([0, *at], [*at, len(raw)], strict=True) for f in reader.feed(raw[a:b])
    ]
    rest = reader.rest()

    assert b"".join(f.raw for f in [*frames, *([rest] if rest else [])]) == raw
    assert [f.data for f in frames] == [f.data for f in SseReader().feed(raw)]
    assert reader.rest() is None


@pytest.mark.parametrize("name", [b"", b"event: e\n", b"event:\n", b"event: a: b\n"])
@pytest.mark.parametrize("line", [b"data: x", b"data:x", b"data:  x", b"data:", b"data: data: x"])
def test_an_event_as_most_are_written_is_read_as_any_other(name: bytes, line: bytes) -> None:
    frame = Frame(name + line + b"\n\n")

    assert frame.data == Frame(b": a comment\n" + frame.raw).data
    assert frame.data == line.removeprefix(b"data:").removeprefix(b" ")
