"""Where Stepper keeps things on the user's disk: the cache folder and the state folder, nothing else.

Both follow the platform's rules (`XDG_CACHE_HOME` and `XDG_STATE_HOME` on Linux).
"""

from pathlib import Path

from platformdirs import user_cache_path, user_state_path


def cache_folder() -> Path:
    """The folder for what can be made again: the step cache, listings, layers. Created when missing."""
    return user_cache_path("stepper", appauthor=False, ensure_exists=True)


def state_folder() -> Path:
    """The folder for what the user would miss: breakpoints, remembered choices. Created when missing."""
    return user_state_path("stepper", appauthor=False, ensure_exists=True)
