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
    # Agno
    "agno.wire": "A wrapped model sends what it would send, but for shorter texts and the tool.",
    "agno.identity": "A wrapped model is of its own class, under its own name, also in copies.",
    "agno.providers": "Every provider of Agno's that can be imported can be wrapped.",
    "agno.history": "Runs and sessions of Agno hold the originals.",
    "agno.prefix": "What an Agno agent sends only grows from turn to turn.",
    "agno.retrieval": "Agno sees nothing of a retrieval that a wrapped model makes.",
    "agno.streaming": "A stream of Agno's goes on while a retrieval is hidden in it.",
    "agno.replay": "A hidden retrieval is replayed, also in a session restored by another process.",
    "agno.reasoning": "A reasoning model goes on from the response that the provider holds.",
    "agno.structured": "Structured answers of Agno's are asked for and read as before.",
    "agno.team": "A team and its members read shorter results.",
    "agno.retries": "Agno's attempts and its guidance are as many as without us.",
    "agno.lists": "Several results in one message of Agno's are each shortened.",
    "agno.counting": "A wrapped model counts the tokens that it would send.",
    "agno.envelopes": "What Agno has offloaded itself is left alone.",
    "agno.compression_manager": "The manager writes a shorter text beside the whole one, once.",
    "agno.tool_hook": "One hook shortens what tools return, in all ways that Agno calls them.",
    "agno.toolkit": "With the toolkit, Agno's own loop answers the retrieve tool.",
    "agno.bypass": "A run of Agno's can ask to be left alone.",
    "agno.fail_open": "No bug of ours fails a run of Agno's.",
    "agno.missing": "Without Agno the error names the extra.",
    # Strands
    "strands.blocks": "Texts of tool results become shorter, and no other block is touched.",
    "strands.plugin": "With the plugin, the model reads short results and the history keeps all.",
    "strands.hooks": "With the hooks, every original is in the store before it is replaced.",
    "strands.model": "The wrapped model behaves as it did, whoever calls it.",
    "strands.overflow": "On overflow the history is shortened before a message is dropped.",
    "strands.retrieval": "A model that asks back gets its answer, however the agent is called.",
    "strands.prefix": "What an agent has sent stays the prefix of what it sends.",
    "strands.sessions": "A restored session sends the same bytes as the one that was stored.",
    "strands.providers": "Requests differ in the shortened texts and the added tool alone.",
    "strands.lossless": "Nothing is hidden in a request that does not carry the retrieve tool.",
    "strands.bypass": "`headroom_bypass` in the state of an invocation switches it off for one.",
    "strands.stacked": "Hooks, plugin and model together shorten once.",
    "strands.fail_open": "An error of ours fails no request and is told in `savings`.",
    "strands.settings": "A wrong argument fails when the adapter is made.",
    # The OpenAI and Anthropic SDKs
    "sdk.only_shortened": (
        "What an SDK's client sends differs in the shortened texts and the added tool only."
    ),
    "sdk.patch": "A request in which nothing gets shorter leaves as the same bytes.",
    "sdk.bypass": "One header leaves a call of an SDK's client alone, and is not sent.",
    "sdk.tools": "A request without tools stays lossless and gets no tool added.",
    "sdk.same_client": "The same kind of client comes back, and its copies keep what was added.",
    "sdk.light_import": "Importing the adapter of the SDKs needs neither of them.",
    "sdk.retrieval": "A retrieval happens inside the call, on every way to ask.",
    "sdk.retries": "A retry of an SDK sends the same bytes again.",
    "sdk.fail_open": "A bug of ours leaves an SDK's request as it came.",
    "sdk.prefix": "A long conversation keeps its prefix, with hidden exchanges in it.",
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
    # LangChain
    "langchain.kit": "LangChain's own acceptance kits pass on a wrapped model as on the bare one.",
    "langchain.wire": (
        "Only shortened texts and the added tool differ from what the bare model sends."
    ),
    "langchain.retrieval": "A retrieval is answered inside the call, its usage and callbacks once.",
    "langchain.replay": (
        "The next turn begins with the bytes of the one before, hidden exchanges too."
    ),
    "langchain.async": "It works synchronously and asynchronously, streamed and not.",
    "langchain.nothing_hidden": "A LangChain request that does not hold the tool hides nothing.",
    "langchain.bypass": "The metadata of a LangChain call switch us off for it, in every hook.",
    "langchain.graph": "A graph of one's own can shorten what its model reads.",
    "langchain.settings": "A wrong setting of a LangChain hook fails when it is made.",
    "langchain.fail_open": "An error of ours never fails a LangChain call, and it is told.",
    # Prose, retrieved chunks and what users paste
    "turn.lossless": "What a user pasted gets a lossless form, and the words around it stay.",
    "turn.lossy": (
        "What a user pasted is shown by the question beside it, with a note and a ref of its own."
    ),
    "turn.documents": "Documents and search results in a user's message are shortened like blocks.",
    "view.echo": "A long view ends with the question in one line of ours, when asked for.",
    "models.frozen": "What a learned model chose first for a text in its context stands for good.",
    "models.loaded": "Models are loaded when an engine is made, and nothing is downloaded unasked.",
    "chunks.blind": "A list of chunks about which nothing can be looked up is shown in full.",
    "prose.linear": "Reading and scoring of prose grow linearly with the text.",
    # headroom_litellm
    "litellm.paths": "On each path through LiteLLM only the shortened texts and the tool differ.",
    "litellm.untouched": "LiteLLM's embeddings, images, plain completions and moderations pass.",
    "litellm.retrieval": "A retrieval is answered inside the LiteLLM call that caused it.",
    "litellm.once": "Usage and callbacks of a LiteLLM call with a retrieval are counted once.",
    "litellm.sync": "A synchronous completion is lossless unless the caller brings the tool.",
    "litellm.prefix": "An agent on LiteLLM sends what it has sent before byte for byte.",
    "litellm.retries": "LiteLLM's retries and fallbacks send the same bytes.",
    "litellm.bypass": "One LiteLLM call can be left alone, by metadata or by a header.",
    "litellm.savings": "LiteLLM's metadata says what was saved, and nothing of it goes upstream.",
    "litellm.fail_open": "An error of ours leaves a LiteLLM request as it came.",
    "litellm.counter": "LiteLLM's own token counter is never called.",
    "litellm.proxy": "LiteLLM's proxy compresses and answers on each route, and tells its client.",
    "litellm.guardrail": "LiteLLM's own guardrail for Headroom gets what it asks for.",
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
