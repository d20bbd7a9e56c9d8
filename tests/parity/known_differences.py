"""Where Stepper is known to differ from BuildKit, each with its reason. A test fails when one of them is gone."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """Lines of a case's report that match `pattern`; on the image store `storage` alone, where one is given.

    What `elsewhere` is set for may be in the report of every other case as well.
    """

    case: str
    pattern: str
    reason: str
    storage: str | None = None
    elsewhere: bool = False


KNOWN_DIFFERENCES = [
    Known(
        "a-whole-image-squashed",
        r"^layer 1 /(dev|proc|sys): missing$",
        "a stage's files are read from a container, whose /dev, /proc and /sys are the engine's",
    ),
    Known(
        "steps-that-change-nothing",
        r"^history \d+ empty_layer: True, BuildKit has None$",
        "a RUN, COPY or WORKDIR that changes no file makes no layer; BuildKit adds one without files",
        elsewhere=True,
    ),
    Known(
        "copy-files-that-containers-hide",
        r'^Stepper fails at line 5: "/etc/hosts": not found',
        "the containerd image store keeps what the engine put over these files in a snapshot made by a commit",
        storage="containerd",
    ),
]


def known_differences(case: str, storage: str) -> list[str]:
    """The patterns of what is known of a case on an image store: all of them have to be in its report."""
    return [known.pattern for known in KNOWN_DIFFERENCES if known.case == case and known.storage in (None, storage)]


def is_known(line: str, case: str, storage: str) -> bool:
    """Whether a line of a case's report may be there."""
    return any(
        re.search(known.pattern, line)
        for known in KNOWN_DIFFERENCES
        if known.storage in (None, storage) and (known.elsewhere or known.case == case)
    )
