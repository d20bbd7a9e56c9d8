"""BuildKit's build checks as they go with a build: over the stages that it needs, with the base images it has seen.

The rules are imported when they are first used: the screen is to open before that.
"""

from typing import TYPE_CHECKING

from stepper.debugger.plan import Plan
from stepper.dockerfile.ignore import IgnoreFile
from stepper.errors import DockerfileError, StepperError

if TYPE_CHECKING:
    from stepper.dockerfile.build_checks import BaseImage, CheckWarning


class BuildChecks:
    """Checks one build, again whenever more is known. It remembers the base images from one Dockerfile to the next."""

    def __init__(self) -> None:
        self._bases: dict[str, BaseImage] = {}

    def note_base(self, reference: str, base: "BaseImage") -> None:
        """An image that a FROM names has this configuration."""
        self._bases[reference] = base

    def warnings(self, plan: Plan, ignore_file: IgnoreFile) -> "tuple[CheckWarning, ...]":
        """The warnings about the target and what it needs; none where the Dockerfile is too wrong to be checked."""
        from stepper.dockerfile.build_checks import check

        try:
            return check(
                plan.dockerfile,
                build_args=plan.request.build_args,
                target=plan.request.target or _last_stage(plan),
                platform=plan.request.platform,
                build_platform=plan.request.build_platform,
                contexts=plan.request.contexts,
                ignore_file=ignore_file,
                bases=self._bases.get,
            )
        except StepperError:
            return ()

    @staticmethod
    def violation(plan: Plan, warnings: "tuple[CheckWarning, ...]") -> DockerfileError | None:
        """The error of a build that is to fail where there are warnings, as `# check=error=true` has it.

        Raises `StepperError` for options of the checks that cannot be read.
        """
        from stepper.dockerfile.build_checks import check_options

        options = check_options(plan.dockerfile, plan.request.build_args)
        if not warnings or not options.returns_error:
            return None
        rules = ", ".join(dict.fromkeys(warning.rule for warning in warnings))
        return DockerfileError(
            f"lint violation found for rules: {rules}",
            file=plan.dockerfile.name,
            line=warnings[0].line,
            hint="error=true of the build checks makes every warning an error; skip=RULE leaves a rule out.",
        )


def _last_stage(plan: Plan) -> str:
    stage = plan.dockerfile.stages[-1]
    return stage.name if stage.name is not None else str(stage.index)
