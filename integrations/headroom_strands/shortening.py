"""What the ways into an agent share: an engine, the figures, and what a request may hide."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from headroom_core.bypass import wants_bypass
from headroom_core.engine.at_rest import readable
from headroom_core.engine.shared import engine_of
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_object
from headroom_core.messages import ToolResult
from headroom_core.report import CompressResult, nothing_done
from headroom_core.savings import Ledger
from headroom_core.tokens import deciding_counter
from headroom_strands.codec import StrandsCodec
from headroom_strands.retrieve_tool import can_retrieve, register, retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strands.models import Model
    from strands.tools.registry import ToolRegistry
    from strands.types.content import ContentBlock, Message, Messages
    from strands.types.tools import ToolSpec

    from headroom_core.engine.headroom import Headroom
    from headroom_core.report import Edit
    from headroom_core.settings import Settings


class Shortening:
    """Shortens the messages of requests, or one message for good, and keeps the figures."""

    def __init__(
        self, *, settings: Settings | None, retrieval: bool, engine: Headroom | None
    ) -> None:
        self.engine: Headroom = engine_of(settings, engine, retrieval=retrieval)
        self.ledger: Ledger = Ledger()
        self.tool = retrieve_tool(self.engine, self.ledger)
        self._hides = retrieval and self.engine.settings.mode != "lossless"

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """A copy of what holds it shares the engine and the figures."""
        return self

    def offer_tool(self, registry: ToolRegistry) -> None:
        """Give an agent the retrieve tool, if anything may be hidden from its model."""
        if self._hides and self.engine.settings.surface == "tool":
            register(self.tool, registry)

    def offered(self, registry: ToolRegistry) -> bool:
        """Whether an agent has the retrieve tool from here, and not from elsewhere."""
        return registry.registry.get(self.tool.tool_name) is self.tool

    def request(  # noqa: PLR0913 - what makes up a request, each by its name
        self,
        messages: Messages,
        specs: Sequence[ToolSpec] | None,
        *,
        state: object = None,
        model: Model | None = None,
        trailing: int = 0,
        added: bool = False,
    ) -> Messages:
        """The messages to send in a request with these tools; those that came are left as they are.

        `state` may ask to be left alone, `trailing` blocks at the end are made anew for each
        request and are not history, and `added` says that the retrieve tool among `specs` is ours.
        """
        bypass = wants_bypass(state)
        warnings: list[str] = []
        with fail_open("compression of a request", tell=warnings.append):
            history, rest = _cut(messages, trailing)
            result = self.engine.compress_native(
                history,
                StrandsCodec.of(history),
                model=_model_id(model),
                retrieval=self._hides and can_retrieve(specs),
                bypass=bypass,
            )
            cost = _cost_of(self.tool.tool_name, specs) if added else 0
            self.ledger.add(result, overhead=cost, bypassed=bypass)
            return _joined(result.messages, rest)
        self.ledger.add(nothing_done(warnings))
        return messages

    def estimated(self, messages: Messages, specs: Sequence[ToolSpec] | None) -> Messages:
        """What `request` would send, without counting it as a request."""
        with fail_open("compression for a token count"):
            return self.engine.compress_native(
                messages, StrandsCodec.of(messages), retrieval=self._hides and can_retrieve(specs)
            ).messages
        return messages

    def for_good(
        self, before: Messages, message: Message, specs: Sequence[ToolSpec]
    ) -> Message | None:
        """The message to keep in its place in the history, or `None` if it stays as it is.

        Every original is stored first. No form points to an earlier result, since a history is
        cut from its front, and what stays in it must be readable by itself.
        """
        warnings: list[str] = []
        with fail_open("compression of a result", tell=warnings.append):
            conversation = [*map(_without_results, before), message]
            codec = StrandsCodec.of(conversation)
            result = self.engine.compress_native(
                conversation, codec, retrieval=self._hides and can_retrieve(specs)
            )
            kept = self._stored(codec, message, result)
            self.ledger.add(kept)
            return kept.messages[0] if kept.edits else None
        self.ledger.add(nothing_done(warnings))
        return None

    def _stored(
        self, codec: StrandsCodec, message: Message, result: CompressResult[Message]
    ) -> CompressResult[Message]:
        """The result for `message` alone, with those edits of which the original is stored."""
        old, new = codec.parse(message).parts, codec.parse(result.messages[-1]).parts
        warnings = list(result.warnings)
        edits: list[Edit] = []
        texts: dict[int, str] = {}
        for edit in result.edits:
            if edit.message != len(result.messages) - 1:
                continue
            before, after = old[edit.part], new[edit.part]
            if not isinstance(before, ToolResult) or not isinstance(after, ToolResult):
                continue
            # A view has stored its original already; a text that is kept for good needs no less.
            if edit.ref or self.engine.keep(before.text, tell=warnings.append):
                edits.append(replace(edit, message=0))
                texts[edit.part] = after.text
        patched = codec.patch(message, texts)
        return replace(
            result,
            messages=[patched],
            tokens_before=_tokens(codec, message),
            tokens_after=_tokens(codec, patched),
            edits=edits,
            warnings=list(dict.fromkeys(warnings)),
        )


def _cut(messages: Messages, trailing: int) -> tuple[Messages, list[ContentBlock]]:
    """The messages without the last blocks of the last one, and these blocks."""
    if not trailing or not messages:
        return messages, []
    content = messages[-1]["content"]
    shorter: Message = {**messages[-1], "content": content[:-trailing]}
    return [*messages[:-1], shorter], content[-trailing:]


def _joined(messages: Messages, blocks: list[ContentBlock]) -> Messages:
    """The messages with the blocks put back that were cut off."""
    if not blocks:
        return messages
    longer: Message = {**messages[-1], "content": [*messages[-1]["content"], *blocks]}
    return [*messages[:-1], longer]


def _without_results(message: Message) -> Message:
    """The message without the results of tools in it; it still says what was called and asked."""
    content = [block for block in message["content"] if "toolResult" not in block]
    return {**message, "content": content}


def _tokens(codec: StrandsCodec, message: Message) -> int:
    texts = [text for part in codec.parse(message).parts for text in readable(part)]
    return sum(deciding_counter().count_many(texts))


def _cost_of(name: str, specs: Sequence[ToolSpec] | None) -> int:
    """The tokens of a tool's description, if it is among those of a request."""
    sent = [json.dumps(spec) for spec in specs or () if spec["name"] == name]
    return sum(deciding_counter().count_many(sent))


def _model_id(model: Model | None) -> str | None:
    """The name of a model, by which its provider counts tokens. It serves the figures alone."""
    with fail_open("the reading of a model's name"):
        config: object = model.get_config() if model is not None else None
        name = config.get("model_id") if is_object(config) else None
        return name if isinstance(name, str) else None
    return None
