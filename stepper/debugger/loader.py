"""Makes a plan of the Dockerfile on disk; what is wrong with it goes into the session's state."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from stepper.debugger.build_checks import BuildChecks
from stepper.debugger.events import Notice
from stepper.debugger.expander import Expander
from stepper.debugger.look_ahead import MissingImageError
from stepper.debugger.missing_sources import MissingSourceError, MissingSources
from stepper.debugger.options import BuildOptions, grants_of
from stepper.debugger.plan import Plan, Request, make_plan
from stepper.debugger.source import Source, disk_signature, read_source
from stepper.debugger.store import StateStore
from stepper.debugger.whole_build import not_sendable
from stepper.dockerfile.frontends import Frontend, frontend_of, handed_over
from stepper.dockerfile.grants import NotGivenError
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.parse_errors import parse_errors
from stepper.dockerfile.parser import parse
from stepper.dockerfile.validate import check
from stepper.engine.step import ContextSource
from stepper.errors import DockerfileError, StepperError

if TYPE_CHECKING:
    from stepper.dockerfile.build_checks import BaseImage, CheckWarning

_PLATFORM_ARGUMENT = re.compile(r"\b(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)\b")


class Loader:
    """Reads the files of one build."""

    def __init__(self, options: BuildOptions, states: StateStore) -> None:
        contexts = {name: context.image for name, context in options.build_contexts.items()}
        self._request = Request(options.target, options.build_args, contexts=contexts)
        if options.platform is not None:
            self._request = replace(self._request, platform=options.platform)
        self._options = options
        self._states = states
        self._source: Source | None = None
        self._ignore_file = IgnoreFile()
        self._checks = BuildChecks()
        self._noted = ""
        self._missing: MissingSources | None = None
        self._is_platform_told = False
        self._waits_for_platform = False

    def set_platform(self, platform: str) -> bool:
        """Build on this platform, as the engine told it, and for it unless `--platform` says another.

        True when that is not as it was before, or when something of the files could not be judged without it.
        """
        before, self._is_platform_told = self._request, True
        self._request = replace(before, platform=self._options.platform or platform, build_platform=platform)
        return before != self._request or self._waits_for_platform

    def read(self) -> Plan | None:
        """The plan of the files as they are now, or None when they are too wrong for one.

        What is wrong with them is in `state.errors`. There may be a plan all the same: up to that line it can be run.
        """
        plan: Plan | None = None
        errors: tuple[StepperError, ...] = ()
        warnings: tuple[CheckWarning, ...] = ()
        self._source = self._missing = None
        self._waits_for_platform = False
        try:
            source = self._source = read_source(self._options)
            self._states.update(lambda state: replace(state, text=source.text))
            self._ignore_file = IgnoreFile.parse(source.ignore, source.ignore_name)
            request = self._request
            frontend = frontend_of(source.text, request.build_args)
            if frontend is not None and not frontend.reads_dockerfiles:
                return self._hand_over(source, frontend)
            try:
                dockerfile = parse(source.data, source.name)
            except DockerfileError:
                errors = parse_errors(source.data, source.name)
                if frontend is not None and all(map(frontend.may_know, errors)):
                    self._note(f"{errors[0]}; left to {frontend.reference}, which may know it")
                    return self._hand_over(source, frontend)
                raise
            # What is copied for each platform is known once the engine has told its own.
            self._waits_for_platform = not self._is_platform_told and bool(_PLATFORM_ARGUMENT.search(source.text))
            if not self._waits_for_platform:
                self._missing = MissingSources(source.name, self._context(source), source.contexts)
            errors = check(
                dockerfile,
                request.build_args,
                request.target,
                platform=request.platform,
                build_platform=request.build_platform,
                contexts=request.contexts,
                grants=grants_of(self._options.access, self._options.run_settings),
                look=self._missing.look_at if self._missing is not None else None,
            )
            plan = make_plan(dockerfile, request)
            self.expander(plan)
            warnings = self._checks.warnings(plan, self._ignore_file)
            violation = self._checks.violation(plan, warnings)
            if violation is not None and _blocking(errors) is None:
                errors = (*errors, violation)
        except StepperError as error:
            plan = None
            if _blocking(errors) is None:
                errors = (*errors, error)
        self._tell(errors, warnings)
        return plan

    def _note(self, message: str) -> None:
        """Tell something, but not again each time that the files are read."""
        if message != self._noted:
            self._noted = message
            self._states.emit(Notice(message))

    def _hand_over(self, source: Source, frontend: Frontend) -> Plan:
        dockerfile = handed_over(source.data, source.name, frontend)
        self._tell(not_sendable(dockerfile, self._options), ())
        return make_plan(dockerfile, self._request)

    def _tell(self, errors: tuple[StepperError, ...], warnings: "tuple[CheckWarning, ...]") -> None:
        if self._source is not None:
            errors = tuple(self._source.with_excerpt(error) for error in errors)
        blocking = _blocking(errors)
        self._states.update(lambda state: replace(state, error=blocking, errors=errors, warnings=warnings))

    def note_base(self, plan: Plan, reference: str, base: "BaseImage") -> None:
        """A base image of the plan is known now: the build checks can tell more.

        Raises `DockerfileError` where that is to end the build.
        """
        self._checks.note_base(reference, base)
        warnings = self._checks.warnings(plan, self._ignore_file)
        if warnings != self._states.state.warnings:
            self._states.update(lambda state: replace(state, warnings=warnings))
            violation = self._checks.violation(plan, warnings)
            if violation is not None:
                raise violation

    def note_missing(self, missing: Sequence[MissingImageError]) -> None:
        """Images that steps need cannot be had; the ones that were noted before are no more."""
        source, state = self._source, self._states.state
        others = tuple(error for error in state.errors if not isinstance(error, MissingImageError))
        if source is None or (not missing and others == state.errors):
            return
        errors = (*others, *(source.with_excerpt(error) for error in missing))
        by_line = sorted(errors, key=lambda error: (error.line or 0) if isinstance(error, DockerfileError) else 0)
        self._states.update(lambda state: replace(state, errors=tuple(by_line)))

    def expander(self, plan: Plan) -> Expander:
        """What makes the plan's steps."""
        source, options = self._source, self._options
        context = self._context(source) if source is not None else ContextSource(options.context, "")
        named = source.contexts if source is not None else {}
        return Expander(plan, context=context, named=named, settings=options.run_settings, access=options.access)

    def changed_on_disk(self) -> bool:
        """Whether one of the files was written to since it was read, or what was missing in a context is there now."""
        if self._source is None or disk_signature(self._options) != self._source.signature:
            return True
        return self._missing is not None and self._missing.is_outdated()

    def _context(self, source: Source) -> ContextSource:
        return ContextSource(self._options.context, source.ignore)


def _blocking(errors: tuple[StepperError, ...]) -> StepperError | None:
    """The first error that leaves nothing to run."""
    return next((error for error in errors if not isinstance(error, MissingSourceError | NotGivenError)), None)
