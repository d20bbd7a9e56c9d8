"""The rules of `--ci`: from the command line and from a `.dive-ci` file, which means here what it means to dive.

See https://github.com/wagoodman/dive#ci-integration.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from stepper.errors import UsageError
from stepper.image.dive_figures import DiveFigures
from stepper.text import human_size, printable

RULES_FILE = ".dive-ci"
"""Where the rules stand if no other file is named."""
LOWEST_EFFICIENCY = "lowestEfficiency"
HIGHEST_WASTED_BYTES = "highestWastedBytes"
HIGHEST_WASTED_RATIO = "highestUserWastedPercent"
_DEFAULTS = {LOWEST_EFFICIENCY: "0.9", HIGHEST_WASTED_BYTES: "disabled", HIGHEST_WASTED_RATIO: "0.1"}
"""As dive has them."""
_OFF = frozenset({"", "disabled", "off", "false"})
_SIZE = re.compile(r"([0-9][0-9.,]*)\s*([kmgtpe]?)(i?)b?", re.IGNORECASE)
_PREFIXES = "kmgtpe"


class Status(Enum):
    """How an image stands to a rule; the value is what the report says."""

    PASSED = "pass"
    FAILED = "fail"
    OFF = "off"


@dataclass(frozen=True)
class Verdict:
    """One rule about one image. `reason` says why it failed."""

    rule: str
    wanted: str
    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Rules:
    """The bounds that an image has to keep, None for one that is off. `written` is how each stands in its source."""

    lowest_efficiency: float | None
    highest_wasted_bytes: int | None
    highest_wasted_ratio: float | None
    written: Mapping[str, str]

    def verdicts(self, figures: DiveFigures) -> tuple[Verdict, ...]:
        """What each rule says of an image with these figures."""
        return (
            self._verdict(
                LOWEST_EFFICIENCY,
                None if self.lowest_efficiency is None else figures.efficiency >= self.lowest_efficiency,
                f"the efficiency is {figures.efficiency:.4f}",
            ),
            self._verdict(
                HIGHEST_WASTED_BYTES,
                None if self.highest_wasted_bytes is None else figures.wasted_bytes <= self.highest_wasted_bytes,
                f"{figures.wasted_bytes} bytes ({human_size(figures.wasted_bytes)}) are wasted",
            ),
            self._verdict(
                HIGHEST_WASTED_RATIO,
                # Not a number, where only the base has bytes, breaks no rule.
                None if self.highest_wasted_ratio is None else not figures.wasted_ratio > self.highest_wasted_ratio,
                f"the wasted bytes are {figures.wasted_ratio:.4f} of those above the base",
            ),
        )

    def _verdict(self, rule: str, is_kept: bool | None, reason: str) -> Verdict:
        if is_kept is None:
            return Verdict(rule, self.written[rule], Status.OFF)
        status = Status.PASSED if is_kept else Status.FAILED
        return Verdict(rule, self.written[rule], status, "" if is_kept else reason)


def read_rules(options: Mapping[str, str | None], file: str | None) -> Rules:
    """The rules of the command line (`options`, by rule), then of the file, then the defaults.

    `file` None is `.dive-ci` in the current folder, which need not exist. Raises `UsageError`.
    """
    path = Path(file if file is not None else RULES_FILE)
    found: dict[str, str] = {}
    if file is not None or path.is_file():
        try:
            found = _parsed(path.read_text(encoding="utf-8"), path)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise UsageError(f"the rules in {printable(str(path))} cannot be read: {reason}") from error
    written = {**_DEFAULTS, **found, **{rule: value for rule, value in options.items() if value is not None}}
    return Rules(
        _share(LOWEST_EFFICIENCY, written),
        _size(HIGHEST_WASTED_BYTES, written),
        _share(HIGHEST_WASTED_RATIO, written),
        written,
    )


def _parsed(text: str, path: Path) -> dict[str, str]:
    """The pairs below `rules:`. Only this of YAML is in such a file: a mapping of names to plain values."""
    found: dict[str, str] = {}
    is_inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        content = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if not content.strip() or content.strip() == "---":
            continue
        if not line[0].isspace():
            is_inside = content == "rules:"
            if not is_inside:
                raise UsageError(
                    f"{printable(str(path))}:{number}: only `rules:` can stand here",
                    hint="The rules follow it, indented.",
                )
            continue
        name, colon, value = content.strip().partition(":")
        if not is_inside or not colon or name not in _DEFAULTS:
            raise UsageError(
                f"{printable(str(path))}:{number}: unknown rule: {printable(content.strip())}",
                hint=f"The rules are {', '.join(_DEFAULTS)}.",
            )
        found[name] = value.strip().strip("\"'")
    return found


def _share(rule: str, written: Mapping[str, str]) -> float | None:
    value = written[rule]
    if value.strip().lower() in _OFF:
        return None
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"{rule} is a number from 0 to 1, not {printable(value)!r}")
    return share


def _size(rule: str, written: Mapping[str, str]) -> int | None:
    value = written[rule].strip()
    if value.lower() in _OFF:
        return None
    match = _SIZE.fullmatch(value)
    try:
        amount = float(match[1].replace(",", "")) if match is not None else -1.0
    except ValueError:
        amount = -1.0
    if match is None or amount < 0:
        raise UsageError(f"{rule} is a size such as 20MB, not {printable(value)!r}")
    prefix = match[2].lower()
    power = _PREFIXES.index(prefix) + 1 if prefix else 0
    return int(amount * (1024 if match[3] else 1000) ** power)
