"""`HeadroomCallback`: compresses on every path on which LiteLLM lets anyone, on each once.

Asynchronous calls and the Responses API come through the deployment hook, where arguments can still
be changed. A synchronous `completion` has no such hook; there the provider's own body is changed
just before it is sent. Requests that the proxy passes through come by a hook of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.litellm_logging import Logging
from litellm.types.integrations.custom_logger import AgenticLoopPlan
from typing_extensions import override

from headroom_core.engine.shared import engine_of
from headroom_core.errors import ConfigError
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_object
from headroom_core.savings import Ledger, Savings
from headroom_core.tool import NAME
from headroom_litellm.answering import answered, calls_ours, is_asking
from headroom_litellm.details import is_bypassed, record_savings, savings_of, without_ours
from headroom_litellm.request import Arguments, Request, changed, compress_payload, prepare
from headroom_litellm.streams import converted, must_be_read
from headroom_litellm.surfaces import (
    CALL_TYPES,
    CHAT,
    RESPONSES,
    SURFACES,
    may_hold_calls,
    surface_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litellm.types.utils import CallTypes

    from headroom_core.engine.headroom import Headroom
    from headroom_core.report import CompressResult
    from headroom_core.settings import Settings

UNTOUCHED_BY_LITELLM = "pass_through_endpoint"
TOKENS_SAVED = "x-headroom-tokens-saved"
_SEEN = "headroom_seen"
"""The key in LiteLLM's record of a call that came through the deployment hook."""

_BY_LEAF_CLASS = ("async_pre_call_hook", "async_post_call_response_headers_hook")
"""Hooks that LiteLLM's proxy calls only where the very class of a callback defines them."""


class HeadroomCallback(CustomLogger):
    """Shortens what models read through LiteLLM: `litellm.callbacks = [HeadroomCallback()]`.

    `retrieval=True` adds the tool `headroom_retrieve` to requests that have tools where LiteLLM
    lets its calls be answered, and answers them within the call. Elsewhere, and with
    `retrieval=False`, all that is done is lossless. `settings` default to the environment, the
    configuration file and the defaults; an `engine` has its own.
    """

    server_fulfilled_tool_names: ClassVar[frozenset[str]] = frozenset({NAME})

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        super().__init__()
        self._engine = engine_of(settings, engine, retrieval=retrieval)
        if retrieval and self._engine.settings.surface != "tool":
            raise ConfigError(
                f"`surface` is {self._engine.settings.surface!r}, but calls are answered here only"
                " for 'tool'; set it to 'tool', or pass `retrieval=False`"
            )
        self._retrieval = retrieval
        self._ledger = Ledger()
        # By LiteLLM's record of a call, and gone with it: nothing outlives its request.
        self._requests = WeakKeyDictionary[Logging, Request]()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in _BY_LEAF_CLASS:
            if name not in vars(cls):
                setattr(cls, name, getattr(cls, name))

    @property
    def savings(self) -> Savings:
        """What all calls through this callback have saved so far."""
        return self._ledger.savings()

    @override
    async def async_pre_call_deployment_hook(
        self, kwargs: Arguments, call_type: CallTypes | None
    ) -> Arguments | None:
        """Compress a call whose arguments can still be changed; LiteLLM goes on with the result."""
        surface = SURFACES.get(call_type) if call_type is not None else None
        if surface is None or surface.key not in kwargs or is_asking():
            return None
        with fail_open("compression of a LiteLLM request"):
            own = without_ours(kwargs) if surface is RESPONSES else Arguments()
            record = _record_of(kwargs)
            _mark(record, None)
            if is_bypassed(kwargs) or (record is not None and is_bypassed(_known(record))):
                return {**kwargs, **own} if own else None
            earlier = None if record is None else self._requests.get(record)
            retrieval = self._retrieval and _can_be_answered(kwargs)
            request = await prepare(
                self._engine, surface, _complete(kwargs, record), retrieval=retrieval, after=earlier
            )
            self._take(request, record, is_new=earlier is None)
            return _sent(request, {**kwargs, **own})
        return None

    @override
    def log_pre_api_call(self, model: str, messages: object, kwargs: WireObject) -> None:
        """Compress in the provider's own body what did not come through the deployment hook."""
        known = kwargs.get("litellm_params")
        if kwargs.get("call_type") not in CALL_TYPES or not is_object(known) or is_asking():
            return
        with fail_open("compression of a LiteLLM body"):
            savings = kwargs.get(_SEEN)
            details = kwargs.get("additional_args")
            body = details.get("complete_input_dict") if is_object(details) else None
            if _SEEN not in kwargs and is_object(body):
                bypassed = is_bypassed({**known, "extra_headers": body.get("extra_headers")})
                body.update(without_ours(body))
                result = None if bypassed else self._compress_body(body, model)
                savings = None if result is None else savings_of(result)
            if is_object(savings):
                record_savings(known, savings)

    @override
    async def async_pre_call_hook(
        self, user_api_key_dict: object, cache: object, data: Arguments, call_type: str
    ) -> Arguments | None:
        """Compress what the proxy passes through to a provider as it is."""
        if call_type != UNTOUCHED_BY_LITELLM:
            return None
        with fail_open("compression of a LiteLLM body"):
            body, model = {**data, **without_ours(data)}, data.get("model")
            if not is_bypassed(data):
                self._compress_body(body, model if isinstance(model, str) else None)
            return body
        return None

    @override
    async def async_post_call_response_headers_hook(
        self,
        data: Arguments,
        user_api_key_dict: object,
        response: object,
        request_headers: dict[str, str] | None = None,
        litellm_call_info: Arguments | None = None,
    ) -> dict[str, str] | None:
        """Tell the proxy's client how many tokens were saved."""
        record = _record_of(data)
        request = None if record is None else self._requests.get(record)
        return None if request is None else {TOKENS_SAVED: str(request.result.tokens_saved)}

    @override
    async def async_should_run_agentic_loop(
        self,
        response: object,
        model: str,
        messages: Sequence[object],
        tools: Sequence[object] | None,
        stream: bool,
        custom_llm_provider: str,
        kwargs: Arguments,
    ) -> tuple[bool, Arguments]:
        """Whether an answer has calls of ours in it."""
        request = self._request_of(kwargs, response)
        if request is None or not request.offer.redeemable or not may_hold_calls(response):
            return False, {}
        with fail_open("reading of a LiteLLM answer"):
            calls = calls_ours(request, response)
            return bool(calls), {"tool_calls": calls}
        return False, {}

    @override
    async def async_build_agentic_loop_plan(
        self,
        tools: Arguments,
        model: str,
        messages: Sequence[object],
        response: object,
        anthropic_messages_provider_config: object,
        anthropic_messages_optional_request_params: Arguments,
        logging_obj: object,
        stream: bool,
        kwargs: Arguments,
    ) -> AgenticLoopPlan:
        """Answer the calls, ask the model again, and hand over its final answer."""
        request = self._request_of(kwargs, response)
        if request is None:
            return AgenticLoopPlan()
        final = await answered(request, response, store=self._engine.store, ledger=self._ledger)
        if isinstance(logging_obj, Logging) and not stream:
            # LiteLLM would log and bill the first answer's bytes instead of what it returns.
            logging_obj.model_call_details.pop("httpx_response", None)
        # LiteLLM streams an answer of Chat Completions itself, from the object that it has.
        return AgenticLoopPlan(response_override=None if request.surface is CHAT else final)

    def _request_of(self, kwargs: Mapping[str, object], response: object) -> Request | None:
        """The request that an answer belongs to, if it is one that we may answer further."""
        record = _record_of(kwargs)
        request = None if record is None or is_asking() else self._requests.get(record)
        if request is None or surface_of(response) is not request.surface:
            return None
        return request

    def _take(self, request: Request, record: Logging | None, *, is_new: bool) -> None:
        """Count a request, the first time that it is seen, and remember it for its answer."""
        if is_new:
            self._ledger.add(request.result, overhead=request.overhead)
        if record is not None:
            self._requests[record] = request
        _mark(record, savings_of(request.result))

    def _compress_body(self, body: Arguments, model: str | None) -> CompressResult[object] | None:
        done = compress_payload(self._engine, body, model=model, retrieval=self._retrieval)
        if done is None:
            return None
        shorter, result = done
        body.update(shorter)
        self._ledger.add(result)
        return result


def _record_of(arguments: Mapping[str, object]) -> Logging | None:
    record = arguments.get("litellm_logging_obj")
    return record if isinstance(record, Logging) else None


def _known(record: Logging) -> WireObject:
    """What LiteLLM keeps of a call's metadata; it may have taken out what is no text."""
    known = record.model_call_details.get("litellm_params")
    return known if is_object(known) else {}


def _mark(record: Logging | None, savings: WireObject | None) -> None:
    """Tell the hook that sees the provider's body that this call has been here."""
    if record is not None:
        record.model_call_details[_SEEN] = savings


def _can_be_answered(arguments: Mapping[str, object]) -> bool:
    """Whether an answer comes back to LiteLLM at once, and there is only one of it."""
    return not arguments.get("background") and arguments.get("n") in {None, 1}


def _complete(arguments: Arguments, record: Logging | None) -> Arguments:
    """The arguments with the model, which may have been passed by position.

    They are without the record: what is remembered by it may not hold on to it.
    """
    model = {} if record is None else {"model": record.model}
    return {**model, **{k: v for k, v in arguments.items() if k != "litellm_logging_obj"}}


def _sent(request: Request, arguments: Arguments) -> Arguments:
    sent = {**arguments, **changed(request)}
    return converted(sent) if must_be_read(request) else sent
