"""SOURCE_DATE_EPOCH: the time that a build says of its image, so that the same source gives the same image again.

https://docs.docker.com/build/ci/github-actions/reproducible-builds/ and https://reproducible-builds.org/specs/source-date-epoch/
"""

import re
from collections.abc import Mapping

from stepper.engine.configuration import time_text
from stepper.errors import UsageError
from stepper.text import printable

_NAME = "SOURCE_DATE_EPOCH"
_SECONDS = re.compile(r"[+-]?[0-9]+")


def source_date(build_args: Mapping[str, str]) -> int | None:
    """The build argument's value in seconds since 1970, None where it is not given or empty.

    Raises `UsageError` for what is no such time.
    """
    written = build_args.get(_NAME)
    if not written:
        return None
    try:
        if not _SECONDS.fullmatch(written):
            raise ValueError(written)
        seconds = int(written)
        time_text(seconds)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{_NAME}={printable(written)} is no time",
            hint="Write it as seconds since 1970, as 1735689600, in the environment or as a --build-arg.",
        ) from error
    return seconds
