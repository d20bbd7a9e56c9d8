"""Which paths are meant by a path or glob in a condition or a watchpoint."""

import re
from functools import lru_cache

from stepper.image.path_filter import compile_glob, is_glob


@lru_cache(maxsize=64)
def path_glob(written: str) -> re.Pattern[str]:
    """The pattern for whole paths; one without wildcards also means all below it. Raises `UsageError`."""
    if is_glob(written):
        return compile_glob(written)
    path = written.rstrip("/")
    start = "" if written.startswith("/") else "(?:.*/)?"
    return re.compile(f"{start}{re.escape(path)}(?:/.*)?", re.DOTALL)
