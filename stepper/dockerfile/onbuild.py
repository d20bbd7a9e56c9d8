"""Where an ONBUILD trigger is written: in the stage that its FROM builds on, where that is one of the same file."""

from dataclasses import replace

from stepper.dockerfile.model import Dockerfile, Instruction


def registration(dockerfile: Dockerfile, trigger: Instruction) -> Instruction | None:
    """The ONBUILD that a trigger at the line of a FROM comes from.

    None where that is in an image, where the FROM names its base by a variable, and where several are equal.
    """
    using = next((stage for stage in dockerfile.stages if stage.line == trigger.line), None)
    if using is None:
        return None
    bases = [stage for stage in dockerfile.stages[: using.index] if stage.name == using.base.lower()]
    found = [
        each
        for each in (bases[-1].instructions if bases else ())
        if each.trigger is not None and replace(each.trigger, line=trigger.line, end_line=trigger.end_line) == trigger
    ]
    return found[0] if len(found) == 1 else None
