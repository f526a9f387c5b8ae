"""The learned views that settings ask for, each behind the freezing of its first answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.prose import ProseCompressor
from headroom_core.compressors.rag import RagChunks
from headroom_core.model_settings import BY_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.compressors.base import Compressor, Hint, View
    from headroom_core.ml.embedding import NamedScorer
    from headroom_core.settings import Settings
    from headroom_core.source import Source
    from headroom_core.store.base import Store

TOLD = (
    "a learned model chooses what is shown of prose; what it chose first for a text is frozen in"
    " the store, so all workers must share one store"
)


@dataclass(frozen=True, slots=True)
class Learned:
    """The compressors to try before all others, what to tell once, and how to get ready."""

    views: tuple[Compressor, ...] = ()
    warnings: tuple[str, ...] = ()
    warmers: tuple[Callable[[], object], ...] = ()


class _Extraction:
    """What is shown without a model: the sentences that the words of the question choose."""

    _ways = (RagChunks(), ProseCompressor())

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        views = (each.view(source, hint, room) for each in self._ways)
        return next((view for view in views if view is not None), None)


def learned_views(
    settings: Settings,
    store: Callable[[], Store],
    storable: Callable[[str], bool],
    scorer: NamedScorer | None,
) -> Learned:
    """Load the models that the settings name, now and not while a request waits."""
    made = [
        *([_ranked(settings, store, storable, scorer)] if _has_scorer(settings, scorer) else []),
        *([_kompress(settings, store, storable)] if settings.models.kompress else []),
    ]
    if not made:
        return Learned()
    return Learned(
        views=tuple(view for each in made for view in each.views),
        warnings=(TOLD, *(warning for each in made for warning in each.warnings)),
        warmers=tuple(warmer for each in made for warmer in each.warmers),
    )


def _has_scorer(settings: Settings, scorer: NamedScorer | None) -> bool:
    return scorer is not None or settings.models.relevance != BY_WORDS


def _ranked(
    settings: Settings,
    store: Callable[[], Store],
    storable: Callable[[str], bool],
    scorer: NamedScorer | None,
) -> Learned:
    # Here, since `import headroom_core` must not wait for what only a few ask for.
    from headroom_core.ml.embedding import embedding_scorer  # noqa: PLC0415
    from headroom_core.ml.frozen import Frozen  # noqa: PLC0415
    from headroom_core.ml.ranked import Ranked  # noqa: PLC0415

    chosen = scorer or embedding_scorer(
        settings.models.relevance, allow_download=settings.models.download
    )
    ranked = Ranked(chosen, max_bytes=settings.models.max_bytes)

    def reads(source: Source, hint: Hint) -> bool:
        return ranked.reads(source, hint) and storable(source.text)

    frozen = Frozen(
        "ranked", ranked, store, settings=_frozen_under(settings, chosen.name), reads=reads
    )
    return Learned((frozen,), (), (lambda: chosen.scores("warm", ["up"]),))


def _kompress(
    settings: Settings, store: Callable[[], Store], storable: Callable[[str], bool]
) -> Learned:
    # See `_ranked`.
    from headroom_core.ml.frozen import Frozen  # noqa: PLC0415
    from headroom_core.ml.kompress import load_kompress, reads_words  # noqa: PLC0415

    model = load_kompress(
        settings.models.kompress,
        allow_download=settings.models.download,
        max_bytes=settings.models.max_bytes,
    )

    def reads(source: Source, hint: Hint) -> bool:
        return reads_words(source, hint, settings.models.max_bytes) and storable(source.text)

    frozen = Frozen(
        "kompress",
        model,
        store,
        settings=_frozen_under(settings, settings.models.kompress),
        reads=reads,
        instead=_Extraction(),
    )
    if model is None:
        return Learned((frozen,), (_absent(settings),))
    return Learned((frozen,), (), (model.warm,))


def _absent(settings: Settings) -> str:
    return (
        f"the model {settings.models.kompress!r} is not on this machine, so sentences are chosen by"
        " the question instead; get it with `headroom fetch kompress`"
    )


def _frozen_under(settings: Settings, name: str) -> str:
    """What a learned view depends on beside the text and its context."""
    return json.dumps(
        [name, settings.models.max_bytes, settings.must_keep, settings.keep_severities]
    )
