"""HEALTHCHECK: its type, its command and the numbers in its flags."""

import re

from stepper.dockerfile.durations import MILLISECOND, parse_duration
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import HealthcheckOperation

_RETRIES = re.compile(r"[+-]?[0-9]+")
_MOST_RETRIES = 2**31 - 1


def parse_healthcheck(instruction: Instruction) -> HealthcheckOperation:
    """The health check that a parsed instruction asks for; nothing in it is expanded.

    Raises `MalformedError` for a number that is none.
    """
    kind, *command = instruction.words
    if kind.upper() == "NONE":
        return HealthcheckOperation(("NONE",))
    return HealthcheckOperation(
        test=("CMD" if instruction.json_form else "CMD-SHELL", *command),
        interval=_interval(instruction, "interval"),
        timeout=_interval(instruction, "timeout"),
        start_period=_interval(instruction, "start-period"),
        start_interval=_interval(instruction, "start-interval"),
        retries=_retries(instruction),
    )


def _interval(instruction: Instruction, name: str) -> int:
    text = _value(instruction, name)
    if not text:
        return 0
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise MalformedError(f"--{name}: {error}", hint="Write a duration as 30s, 1m30s or 500ms.") from error
    if duration and duration < MILLISECOND:
        raise MalformedError(f"--{name}={text} cannot be less than 1ms")
    return duration


def _retries(instruction: Instruction) -> int:
    text = _value(instruction, "retries")
    if not text:
        return 0
    if not _RETRIES.fullmatch(text) or abs(int(text)) > _MOST_RETRIES:
        raise MalformedError(f"--retries={text} is not a number")
    if int(text) < 0:
        raise MalformedError(f"--retries={text} cannot be negative")
    return int(text)


def _value(instruction: Instruction, name: str) -> str:
    flag = instruction.flag(name)
    return "" if flag is None or flag.value is None else flag.value
