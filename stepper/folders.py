"""Where Stepper keeps things on the user's disk: the cache folder and the state folder, nothing else.

Both follow the platform's rules (`XDG_CACHE_HOME` and `XDG_STATE_HOME` on Linux). Raise `UsageError` where a folder is
missing and cannot be made.
"""

from pathlib import Path

from platformdirs import user_cache_path, user_state_path

from stepper.errors import UsageError


def cache_folder() -> Path:
    """The folder for what can be made again: the step cache, listings, layers. Created when missing."""
    return _made("cache", user_cache_path("stepper", appauthor=False))


def state_folder() -> Path:
    """The folder for what the user would miss: breakpoints, remembered choices. Created when missing."""
    return _made("state", user_state_path("stepper", appauthor=False))


def folder_error(kind: str, folder: Path, error: OSError) -> UsageError:
    """What to raise when the `cache` or `state` folder cannot be used."""
    return UsageError(
        f"the {kind} folder {folder} cannot be used: {error.strerror or error}",
        hint=f"XDG_{kind.upper()}_HOME can name another place for it.",
    )


def _made(kind: str, folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise folder_error(kind, folder, error) from error
    return folder
