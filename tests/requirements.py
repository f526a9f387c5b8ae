"""What Headroom promises: an id and a sentence each. Every promise has a test that names it."""

from __future__ import annotations

REQUIREMENTS: dict[str, str] = {
    # The laws
    "law.prefix_pure": (
        "What a message becomes depends on it, on the messages before it and on the settings alone."
    ),
    "law.idempotent": "Compressing what was compressed changes nothing.",
    "law.never_larger": "A part that does not get smaller in tokens goes through untouched.",
    "law.lossless": "What claims to be lossless was decoded before it was used.",
    "law.nothing_hidden": "Nothing is hidden from a reader who cannot ask for it.",
    "law.store_first": "The original is stored before a note that names it is emitted.",
    "law.verbatim_or_marked": (
        "Every visible line is a source line in source order, or stands in a form or note of ours."
    ),
    "law.errors_survive": (
        "Every distinct error, rare value and query hit is visible in every lossy view."
    ),
    "law.only_tool_results": (
        "Everything but tool results comes back as the same object, unless told otherwise."
    ),
    "law.fail_open": "A request never fails because of us, and a wrong setting always fails.",
    "law.no_network": "Importing and compressing open no socket.",
    "law.linear": "Time and memory grow linearly with the input, also on hostile input.",
    # Retrieval
    "ccr.roundtrip": "A ref gives its original back byte for byte, in a new process too.",
    "ccr.tool_cost": "The retrieve tool costs at most 250 tokens in every format.",
    "ccr.evicted": "An original that was evicted is told from one that never existed.",
    "ccr.never_raises": "A call of the retrieve tool is answered, whatever its arguments are.",
    "ccr.figures": "Figures about rows equal those of SQL.",
    "ccr.page": "An answer is never longer than the tokens that were allowed.",
    "ccr.replay": "A hidden retrieval is replayed on later requests.",
    "store.durable": "What was stored is there after the process was killed.",
    "store.full_disk": "A full disk is reported and loses nothing that was stored.",
    "store.corrupted": "A corrupted original is reported and never handed out.",
    "origin.file_reads": "A file that was read is only put into forms that keep its lines.",
    # The public face
    "api.formats": "All three wire formats are recognised and come back as they came.",
    "api.never_mutates": "The caller's messages are never changed.",
    "api.tokens": "A result says the tokens before, after and saved, and who counted them.",
    "api.model_is_optional": "`model` changes the reported figures, never a byte.",
    "api.edits": "A result has one record for each part that was changed.",
    "api.tools_stable": "The tools of a result are the same from the first request on.",
    "api.decode": "`decode` gives back the original of every lossless form and leaves other text.",
    "api.decode_messages": "`decode_messages` gives a whole conversation back.",
    "api.async": "`acompress` gives the same result as `compress`.",
    "api.bypass": "`bypass=True` touches nothing.",
    "api.shared_engine": "An engine shared by threads and tasks gives the same bytes as alone.",
    "api.typos": "An unknown setting or keyword is an error.",
    "api.wrong_types": "What is not a list of messages at all is a clear error.",
    "api.hostile": "No input makes it crash or corrupt a message.",
    "api.golden": "The emitted bytes of a version are fixed.",
    # The command line
    "cli.demo": "`headroom demo` shortens a real example and gives it back byte for byte.",
    "cli.config": "`headroom config` shows each effective setting with its source.",
    # The evals
    "evals.can_fail": "Every offline check fails on a compressor that breaks what it checks.",
    "evals.failed_call": "A call that failed is a failed item, never a pass.",
    # The distribution
    "install.light_import": "`import headroom_core` is quick and loads no framework.",
    "install.small": "The base installation stays below 40 MB.",
    "install.typed": "Type checkers see the types of every package.",
    "docs.forms": "The documentation shows an example of every lossless form as it is emitted.",
    "docs.run": "Every code block of the documentation and every example runs.",
    # Requests on the wire
    "splice.bytes": "In a rewritten request every byte outside of the edits is the one that came.",
    "stream.joined": "A client that streams sees one valid stream, whatever was retrieved.",
    "stream.same_bytes": "A stream without calls of ours is passed on as its very same bytes.",
    # headroom_asgi
    "asgi.same_bytes": (
        "A request that is not for us, or in which nothing gets shorter, is the same bytes."
    ),
    "asgi.disconnect": "A client that leaves in the middle of its body is seen to leave.",
    "asgi.retrieval": "The client sees one final answer, streamed or not, whatever was retrieved.",
    # headroom_proxy
    "proxy.untouched": "What the proxy does not touch is byte-identical, in both directions.",
    "proxy.spliced": "In a touched request, everything outside of the edits keeps its bytes.",
    "proxy.fail_open": "A request through the proxy does not fail when compression does.",
    "proxy.retrieval": "The model's retrievals are answered within the client's own response.",
    "proxy.cache_hits": "A long conversation hits the prompt cache as it does without the proxy.",
    "proxy.prefix_diagnosis": "The proxy says why and where a conversation's prefix changed.",
    "proxy.write_guard": "A tool call that quotes a view whole gets the original instead.",
    "proxy.sdks": "The SDKs of OpenAI and Anthropic work through the proxy unchanged.",
    "proxy.service": "`/v1/compress` and `/v1/retrieve` give back what was compressed.",
    "proxy.litellm_guardrail": "LiteLLM's own guardrail client works with the proxy.",
    "proxy.token": "With a token set, no route and no WebSocket answers without it.",
    "proxy.rebinding": "Names that are not ours and pages of other origins are refused.",
    "proxy.fixed_upstream": "No header and no path chooses another upstream than the settings.",
    "proxy.tenants": "One key cannot read the originals of another.",
    "proxy.workers": "Several workers share the store and their figures.",
    "proxy.graceful": "A stop lets streams finish.",
}
