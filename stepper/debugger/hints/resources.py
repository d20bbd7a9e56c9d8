"""What ran out: memory, by the records of the kernel and the engine, or room on the disk."""

from collections.abc import Iterator

from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.text import human_size

KIND = "resources"
_KILLED = 137
_NO_SPACE = ("No space left on device", "no space left on device", "ENOSPC", "Disk quota exceeded")


def hints(facts: Facts) -> Iterator[Hint]:
    """Of memory only where something was killed, of the disk where the command complained."""
    yield from _memory(facts)
    if any(words in facts.text for words in _NO_SPACE):
        yield from _disk(facts)


def _memory(facts: Facts) -> Iterator[Hint]:
    if facts.failure.interrupted or facts.failure.container is None:
        return
    killed = facts.failure.exit_code == _KILLED or "Killed" in facts.text or "out of memory" in facts.text.lower()
    kills = facts.evidence.memory_kills if killed else None
    if kills:
        limit = facts.evidence.memory_limit
        within = f" at its limit of {human_size(limit)}" if limit is not None else ""
        what = "a process" if kills == 1 else f"{kills} processes"
        yield Hint(KIND, f"out of memory: the kernel killed {what} of this step's container{within}")
    elif kills == 0 and facts.failure.exit_code == _KILLED:
        yield Hint(KIND, "the kernel killed nothing in this container for lack of memory")


def _disk(facts: Facts) -> Iterator[Hint]:
    evidence = facts.evidence
    if evidence.disk_free is not None and evidence.disk_size is not None:
        free, size = human_size(evidence.disk_free), human_size(evidence.disk_size)
        yield Hint(KIND, f"the engine's disk has {free} free of {size}")
    if evidence.inodes_free is not None and evidence.inodes_free < 100 and evidence.disk_free:
        yield Hint(KIND, f"the engine's disk has {evidence.inodes_free} inodes left: no more files can be made")
