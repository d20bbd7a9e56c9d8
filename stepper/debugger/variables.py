"""The variables at a step: what each is worth, where that comes from, why one has no value, what the line gives."""

from collections.abc import Iterator, Mapping
from enum import Enum

from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, StepRecord
from stepper.debugger.variable_scopes import Giver, Origin, expanded, scope_at
from stepper.dockerfile.csv_fields import CsvError, csv_fields
from stepper.dockerfile.expansion import ExpansionError, expand
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.scope import is_proxy, is_taken_without_arg
from stepper.dockerfile.secret_names import is_secret_name
from stepper.dockerfile.variable_uses import used_name, variable_uses
from stepper.engine.step import StepId
from stepper.frozen import frozen

_NOT_EXPANDED = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL", "MAINTAINER", "ONBUILD"})
"""What the builder leaves to a shell, or to nobody."""


class Kind(Enum):
    """What a variable is."""

    ARGUMENT = "build argument"
    ENVIRONMENT = "ENV"
    PREDEFINED = "predefined"
    SECRET = "secret"


@frozen
class Variable:
    """One variable. `value` is None where it has none, and of a secret; `line` is that of the ARG or ENV it is from.

    `origin` says in a few words where the value comes from, `note` why it is not what one may expect.
    """

    name: str
    kind: Kind
    value: str | None
    origin: str
    line: int | None = None
    note: str = ""
    note_line: int | None = None
    """The line that the note is about."""
    is_hidden: bool = False
    """It has a value that is not shown: a secret's."""


@frozen
class Use:
    """A use on the line as it is written, and what it gives: None where it gives nothing but is refused."""

    text: str
    value: str | None
    variable: Variable


@frozen
class Variables:
    """What an instruction sees. `expanded` is its text as it will be run, "" where the builder expands nothing of it.

    `by_shell`: the uses on the line are the shell's to expand, which gets all of them as its environment.
    """

    uses: tuple[Use, ...] = ()
    expanded: str = ""
    by_shell: bool = False
    seen: tuple[Variable, ...] = ()
    unseen: tuple[Variable, ...] = ()
    """Arguments that have no value here, and those that were given and are not taken."""
    is_open: bool = False
    """The base image's own are not known before its FROM has run."""


def variables_at(state: SessionState, plan: Plan, step: StepId, given_by: Mapping[str, str]) -> Variables:
    """The variables at a step of a plan, whether it has run or not.

    `given_by` says of build arguments that are not from the command line where they are from. Raises `DockerfileError`
    where an ARG before the first FROM cannot be expanded.
    """
    return _Reader(state, plan, state.record(step), given_by).read()


class _Reader:
    """Reads the variables at one step."""

    def __init__(self, state: SessionState, plan: Plan, record: StepRecord, given_by: Mapping[str, str]) -> None:
        self._state = state
        self._plan = plan
        self._record = record
        self._given_by = given_by
        self._scope = scope_at(state, plan, record.id)
        self._is_from = record.instruction.keyword == "FROM"

    def read(self) -> Variables:
        scope = self._scope
        seen = {variable.name: variable for variable in self._seen()}
        unseen = {name: self._unseen(name) for name in self._names_without_value(seen)}
        instruction = self._record.instruction
        values = self._values()
        uses = tuple(
            Use(text, self._shown(text, values), seen.get(name) or unseen.get(name) or self._unseen(name))
            for text in self._written_uses(instruction)
            if (name := used_name(text))
        )
        by_shell = instruction.keyword in _NOT_EXPANDED
        return Variables(
            uses,
            "" if by_shell or not uses else self._text(instruction, values),
            by_shell,
            tuple(sorted(seen.values(), key=_order)),
            tuple(unseen.values()),
            scope.is_open,
        )

    # Values

    def _values(self) -> Mapping[str, str]:
        scope = self._scope
        if self._is_from:
            return scope.scope.global_args
        if self._record.instruction.keyword == "RUN":
            return scope.scope.run_environment(scope.env)
        return scope.scope.variables(scope.env)

    def _shown(self, use: str, values: Mapping[str, str]) -> str | None:
        masked = {name: "•••" if self._is_masked(name) else value for name, value in values.items()}
        return expanded(use, masked, self._plan.dockerfile.escape)

    def _is_masked(self, name: str) -> bool:
        """A build argument whose name says that it is a secret."""
        return is_secret_name(name) and (name in self._scope.arguments or name in self._scope.scope.build_args)

    def _text(self, instruction: Instruction, values: Mapping[str, str]) -> str:
        masked = {name: "•••" if self._is_masked(name) else value for name, value in values.items()}
        try:
            escape = self._plan.dockerfile.escape
            return expand(instruction.text, masked, escape=escape, keep_quotes=True).text
        except ExpansionError:
            return ""

    def _written_uses(self, instruction: Instruction) -> tuple[str, ...]:
        escape = self._plan.dockerfile.escape
        texts = [instruction.text] if instruction.keyword != "ONBUILD" else []
        texts += [heredoc.body for heredoc in instruction.heredocs if heredoc.expand]
        return tuple(dict.fromkeys(use for text in texts for use in variable_uses(text, escape=escape)))

    # What is seen

    def _seen(self) -> Iterator[Variable]:
        scope = self._scope
        values = self._values()
        for name, value in values.items():
            if self._is_from or name in scope.scope.arguments:
                yield self._argument(name, value)
            elif name in scope.env:
                yield self._from_env(name, value)
            else:
                yield self._variable(name, Kind.PREDEFINED, value, Origin(Giver.GIVEN))
        yield from self._secrets()

    def _argument(self, name: str, value: str) -> Variable:
        origin = self._scope.arguments.get(name, Origin(Giver.PREDEFINED))
        kind = Kind.PREDEFINED if origin.giver is Giver.PREDEFINED else Kind.ARGUMENT
        note, line = "", None
        hidden = self._scope.environment.get(name)
        if not self._is_from and hidden is not None:
            line = hidden.line
            note = f"the image keeps {self._scope.env[name]!r}" + (f" of line {line}" if line is not None else "")
        return self._variable(name, kind, value, origin, note, line)

    def _from_env(self, name: str, value: str) -> Variable:
        origin = self._scope.environment.get(name, Origin(Giver.BASE))
        argument = self._scope.arguments.get(name)
        note, line = "", None
        if argument is not None and argument.line is not None:
            line = argument.line
            given = " and its --build-arg" if argument.giver is Giver.GIVEN else ""
            note = f"overrides the ARG on line {line}{given}"
        elif name in self._scope.scope.build_args and not is_proxy(name):
            note = "a --build-arg of this name changes nothing here: ENV goes first"
        return self._variable(name, Kind.ENVIRONMENT, value, origin, note, line)

    def _secrets(self) -> Iterator[Variable]:
        for flag in self._record.instruction.flags:
            options = _options(flag.value or "") if flag.name == "mount" else {}
            if options.get("type") == "secret" and options.get("env"):
                origin = f"secret {options.get('id', options['env'])}"
                yield Variable(options["env"], Kind.SECRET, None, origin, self._record.instruction.line, is_hidden=True)

    def _variable(
        self, name: str, kind: Kind, value: str, origin: Origin, note: str = "", note_line: int | None = None
    ) -> Variable:
        words, hidden = self._origin_words(name, origin), self._is_masked(name)
        return Variable(name, kind, None if hidden else value, words, origin.line, note, note_line, hidden)

    def _origin_words(self, name: str, origin: Origin) -> str:
        at = f" on line {origin.line}" if origin.line is not None else ""
        match origin.giver:
            case Giver.GIVEN:
                return self._given_by.get(name) or self._given_by.get(name.lower()) or Giver.GIVEN.value
            case Giver.DEFAULT:
                return self._default_words(name, origin)
            case Giver.BASE:
                return f"base image{at.replace('on', 'of')}"
            case Giver.PREDEFINED:
                return f"predefined, taken{at}" if at else "predefined"
            case _:
                return f"{origin.giver.value}{at}"

    def _default_words(self, name: str, origin: Origin) -> str:
        """An `ARG NAME` without a default of its own has that of the ARG before the first FROM."""
        before = self._global_line(name)
        if self._is_from or before is None or before == origin.line or self._has_own_default(name, origin.line):
            return f"default of the ARG on line {origin.line}"
        return f"default of the ARG on line {before}, taken on line {origin.line}"

    def _has_own_default(self, name: str, line: int | None) -> bool:
        at = self._state.record_at(line) if line is not None else None
        return at is not None and any(word.startswith(f"{name}=") for word in at.instruction.words)

    # What has no value

    def _names_without_value(self, seen: Mapping[str, Variable]) -> list[str]:
        """Those that are used on the line, declared somewhere before it, or given, and are worth nothing here."""
        names = [used_name(use) for use in self._written_uses(self._record.instruction)]
        if not self._is_from:
            names += self._scope.scope.declared
            names += [word.partition("=")[0] for each in self._plan.dockerfile.global_args for word in each.words]
        names += [name for name in self._scope.scope.build_args if not is_taken_without_arg(name)]
        return [name for name in dict.fromkeys(names) if name not in seen]

    def _unseen(self, name: str) -> Variable:
        note, line = self._reason(name)
        is_given = name in self._scope.scope.build_args
        origin = self._origin_words(name, Origin(Giver.GIVEN)) if is_given else Giver.NOBODY.value
        return Variable(name, Kind.ARGUMENT, None, origin, None, note, line)

    def _reason(self, name: str) -> tuple[str, int | None]:
        """Why a name has no value here, and the line that says so."""
        declared = self._scope.arguments.get(name)
        if not self._is_from and declared is not None:
            return f"the ARG on line {declared.line} has no default, and no --build-arg gives it one", declared.line
        later = self._declared_later(name)
        if later is not None:
            return f"its {later.keyword} comes later, on line {later.line}", later.line
        before = self._global_line(name)
        if before is not None and not self._is_from:
            value = self._plan.global_scope.global_args.get(name)
            note = f"the ARG on line {before} stands before the first FROM: it is seen in this stage after `ARG {name}`"
            return note if value is not None else f"{note}, and has no default", before
        elsewhere = self._stage_that_declares(name)
        if elsewhere is not None:
            label = self._plan.dockerfile.stages[elsewhere.id.stage].label
            line = elsewhere.instruction.line
            return f"only {label} declares it, on line {line}: an ARG counts in its own stage", line
        if name in self._scope.scope.build_args:
            return "given, but no ARG declares it", None
        if self._scope.is_open:
            return "nothing in the Dockerfile sets it; the base image may", None
        if self._record.instruction.keyword in _NOT_EXPANDED:
            return "nothing in the build sets it; the shell may", None
        return "nothing sets it", None

    def _declared_later(self, name: str) -> Instruction | None:
        for record in self._state.stage_steps(self._record.id.stage):
            if record.id > self._record.id and name in _names(record.instruction):
                return record.instruction
        return None

    def _stage_that_declares(self, name: str) -> StepRecord | None:
        return next(
            (
                record
                for record in self._state.steps
                if record.id.stage != self._record.id.stage
                and record.instruction.keyword == "ARG"
                and name in _names(record.instruction)
            ),
            None,
        )

    def _global_line(self, name: str) -> int | None:
        lines = [each.line for each in self._plan.dockerfile.global_args if name in _names(each)]
        return lines[-1] if lines else None


def _names(instruction: Instruction) -> tuple[str, ...]:
    if instruction.keyword == "ARG":
        return tuple(word.partition("=")[0] for word in instruction.words)
    return instruction.words[::2] if instruction.keyword == "ENV" else ()


def _options(mount: str) -> dict[str, str]:
    try:
        return {name: value for name, _, value in (field.partition("=") for field in csv_fields(mount))}
    except CsvError:
        return {}


def _order(variable: Variable) -> tuple[int, str]:
    return list(Kind).index(variable.kind), variable.name
