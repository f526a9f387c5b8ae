"""The one place where an error is swallowed: visibly, and never a cancellation."""

from __future__ import annotations

import asyncio
import logging

import pytest

from headroom_core.fail_open import fail_open, raising, swallowed


@pytest.mark.swallows
def test_an_error_is_swallowed_logged_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    before = swallowed["a test"]

    with caplog.at_level(logging.WARNING), fail_open("a test", tell=told.append):
        raise ZeroDivisionError("the text of the error")

    assert swallowed["a test"] == before + 1
    assert told == ["a test failed (ZeroDivisionError), it was left as it is"]
    assert "a test failed" in caplog.text
    assert "the text of the error" in caplog.text


@pytest.mark.swallows
def test_nobody_has_to_be_told() -> None:
    with fail_open("a test"):
        raise ValueError


@pytest.mark.swallows
@pytest.mark.parametrize("error", [asyncio.CancelledError, KeyboardInterrupt, SystemExit])
def test_cancellation_and_interrupts_pass(error: type[BaseException]) -> None:
    told: list[str] = []

    with pytest.raises(error), fail_open("a test", tell=told.append):
        raise error

    assert told == []


@pytest.mark.swallows
def test_without_an_error_nothing_is_counted() -> None:
    before = swallowed.copy()

    with fail_open("a test"):
        pass

    assert swallowed == before


def test_errors_are_raised_while_raising_is_on() -> None:
    with raising(), pytest.raises(ZeroDivisionError), fail_open("a test"):
        raise ZeroDivisionError


def test_raising_ends_with_its_block_even_after_an_error() -> None:
    with raising(enabled=False):
        with pytest.raises(ValueError, match="x"), raising():
            raise ValueError("x")
        with fail_open("a test"):
            raise ZeroDivisionError
