"""Where Stepper is known to differ from BuildKit, each with its reason. A test fails when one of them is gone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """Lines of a case's report that match `pattern`; on the image store `storage` alone, where one is given."""

    case: str
    pattern: str
    reason: str
    storage: str | None = None


KNOWN_DIFFERENCES = [
    Known(
        "copy-files-that-containers-hide",
        r'^Stepper fails at line 5: "/etc/hosts": not found',
        "the containerd image store keeps what the engine put over these files in a snapshot made by a commit",
        storage="containerd",
    ),
]


def known_differences(case: str, storage: str) -> list[str]:
    """The patterns of what is known of a case on an image store."""
    return [known.pattern for known in KNOWN_DIFFERENCES if known.case == case and known.storage in (None, storage)]
