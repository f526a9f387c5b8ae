"""Batches: many requests of the Messages API in one body, each shortened by itself.

Their answers are fetched later and by another request, so that nobody here could answer what a
model asks for: nothing is hidden in them, and no tool is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_asgi.rewrite import Rewritten, parsed_object
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.json_splice import splice
from headroom_core.report import CompressResult, nothing_done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_asgi.rewrite import Rewriter


class Batch:
    """One batch on its way to be `Rewritten`."""

    def __init__(self, rewriter: Rewriter, raw: bytes, *, bypass: bool) -> None:
        self._rewriter = rewriter
        self._raw = raw
        self._bypass = bypass
        self._results: list[CompressResult[object]] = []

    def finish(self) -> Rewritten:
        """Shorten every request; whatever goes wrong with that, the same bytes come back."""
        warnings: list[str] = []
        with fail_open("rewriting of a batch", tell=warnings.append):
            return self._rewritten()
        self._rewriter.ledger.add(nothing_done(warnings))
        return Rewritten(self._raw)

    def _rewritten(self) -> Rewritten:
        body = parsed_object(self._raw)
        before = body.get("requests") if body is not None else None
        if body is None or not is_array(before):
            return Rewritten(self._raw)
        after = [self._request(each) for each in before]
        is_same = all(new is old for new, old in zip(after, before, strict=True))
        raw = self._raw if is_same else splice(self._raw, body, {**body, "requests": after})
        if raw is None:
            raw = self._raw
            self._results = [nothing_done(["a batch could not be spliced, it was left as it is"])]
        for result in self._results:
            self._rewriter.ledger.add(result, bypassed=self._bypass)
        return Rewritten(raw, _sum(self._results) if self._results else None)

    def _request(self, request: object) -> object:
        """One request of the batch with its messages shortened; the same object if none was."""
        params = request.get("params") if is_object(request) else None
        messages = params.get("messages") if is_object(params) else None
        if not (is_object(request) and is_object(params) and is_array(messages)):
            return request  # the upstream will say what is wrong with it
        result = self._compressed(params, messages)
        self._results.append(result)
        if all(new is old for new, old in zip(result.messages, messages, strict=True)):
            return request
        return {**request, "params": {**params, "messages": result.messages}}

    def _compressed(self, params: WireObject, messages: list[object]) -> CompressResult[object]:
        return self._rewriter.engine.compress(
            messages,
            model=string(params, "model") or None,
            retrieval=False,
            wire="anthropic",
            bypass=self._bypass,
        )


def _sum(results: Sequence[CompressResult[object]]) -> CompressResult[object]:
    """What was done to all requests together."""
    warnings = (warning for each in results for warning in each.warnings)
    return CompressResult(
        messages=[],
        tokens_before=sum(each.tokens_before for each in results),
        tokens_after=sum(each.tokens_after for each in results),
        counter=results[0].counter,
        counter_exact=all(each.counter_exact for each in results),
        edits=[edit for each in results for edit in each.edits],
        warnings=list(dict.fromkeys(warnings)),
    )
