"""Packages of the `ml` extras, and the models that they have put on this machine."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from headroom_core.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_OTHERS = ("*.h5", "*.msgpack", "*.ot", "*.ckpt", "*.gguf")
"""Weights for programs that are not used here."""


class Foreign(Protocol):
    """An object of a package that is optional, so that its types are not there to be checked."""

    def __getattr__(self, name: str) -> Foreign: ...
    def __call__(self, *args: object, **kwargs: object) -> Foreign: ...
    def __getitem__(self, key: object) -> Foreign: ...
    def __iter__(self) -> Iterator[Foreign]: ...
    def __enter__(self) -> object: ...
    def __exit__(self, *args: object) -> None: ...


def needed(package: str, *, extra: str = "ml") -> Foreign:
    """Import a package, or say which extra brings it."""
    if find_spec(package) is None:
        raise MissingExtraError(package, extra=extra)
    return cast("Foreign", import_module(package))  # see `Foreign`


def model_folder(model: str, *, allow_download: bool = False) -> Path | None:
    """Where the files of a model are: its own folder, or the cache of the hub for an id.

    `None` when an id was never downloaded. Without `allow_download` nothing goes to the network.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if not _is_id(model):
        raise ConfigError(f"there is no model in the folder {model!r}")
    if allow_download:
        return download(model)
    try:
        return _snapshot(model, local_files_only=True)
    except (OSError, ValueError):
        return None


def download(model: str, *, only: tuple[str, ...] | None = None) -> Path:
    """Put a model of the hub, or some of its files, into the hub's cache on this machine."""
    try:
        return _snapshot(model, local_files_only=False, allow_patterns=only)
    except (OSError, ValueError) as exc:
        raise ConfigError(f"could not download the model {model!r}: {exc}") from exc


def _snapshot(model: str, **options: object) -> Path:
    hub = needed("huggingface_hub")
    return Path(str(hub.snapshot_download(model, ignore_patterns=_OF_OTHERS, **options)))


def _is_id(model: str) -> bool:
    """Whether a name can be one of the hub: at most one slash, and none at its start."""
    return model.count("/") <= 1 and not model.startswith(("/", ".", "~")) and "\\" not in model
