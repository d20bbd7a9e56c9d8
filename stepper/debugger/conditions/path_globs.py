"""Which paths are meant by a path or glob in a condition or a watchpoint."""

import re
from functools import lru_cache

from stepper.image.path_filter import compile_glob, is_glob


def written_out(glob: str) -> tuple[str, str]:
    """A glob in two: the folders at its start that are written out, and the rest. One for any folder has none.

    Of a path without wildcards it is the whole.
    """
    if not glob.startswith("/"):
        return "", glob
    names = glob.split("/")
    count = next((number for number, name in enumerate(names) if is_glob(name)), len(names))
    folder = "/".join(names[:count]).rstrip("/")
    return folder, glob[len(folder) :]


@lru_cache(maxsize=64)
def path_glob(written: str) -> re.Pattern[str]:
    """The pattern for whole paths; one without wildcards also means all below it. Raises `UsageError`."""
    if is_glob(written):
        return compile_glob(written)
    path = written.rstrip("/")
    start = "" if written.startswith("/") else "(?:.*/)?"
    return re.compile(f"{start}{re.escape(path)}(?:/.*)?", re.DOTALL)
