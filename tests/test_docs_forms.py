"""The page of forms shows each lossless form as it is emitted now."""

from __future__ import annotations

from pathlib import Path

import pytest

from headroom_core.compressors.registry import REGISTRY

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
RECORDED = {
    name: [path.read_bytes().decode("utf-8", "replace") for path in paths]
    for name in (each.name for each in REGISTRY)
    if (paths := sorted((ROOT / "tests" / "golden" / name).glob("*.out")))
}


@pytest.mark.requirement("docs.forms")
@pytest.mark.parametrize("name", RECORDED)
def test_the_page_of_forms_shows_an_example_as_it_is_emitted(name: str) -> None:
    shown = [form for form in RECORDED[name] if f"```text\n{form.rstrip(chr(10))}\n```" in PAGE]

    assert shown, f"docs/forms.md shows no recorded example of `{name}`"
