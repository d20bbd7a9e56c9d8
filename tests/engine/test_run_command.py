"""What is said of a command that ended, was stopped, or could not be started; no engine is needed."""

import pytest

from stepper.engine.command import CommandRefusedError
from stepper.engine.interruption import Interruption
from stepper.engine.run_step import run_command
from stepper.engine.worker import OnOutput

REFUSED = b"OCI runtime exec failed: exec failed: read init-p: connection reset by peer\n"


class Scripted:
    """A command that prints, is perhaps killed meanwhile, and ends or is refused."""

    def __init__(self, output: bytes, code: int, *, killed: bool, refused: bool = False) -> None:
        self._output = output
        self._code = code
        self._refused = refused
        self.killed = killed

    def run(self, on_output: OnOutput) -> int:
        if self._refused:
            raise CommandRefusedError("no such container")
        on_output(self._output, False)
        return self._code

    def kill(self) -> None:
        self.killed = True


@pytest.mark.parametrize("refused", [False, True])
def test_a_command_that_is_stopped_while_it_is_started_was_interrupted(refused: bool) -> None:
    _, failure = run_command(
        Scripted(REFUSED, 126, killed=True, refused=refused), lambda data, stderr: None, Interruption().stopping
    )
    assert failure is not None
    assert failure.interrupted


def test_one_that_nobody_stopped_could_not_be_started() -> None:
    code, failure = run_command(
        Scripted(REFUSED, 126, killed=False), lambda data, stderr: None, Interruption().stopping
    )
    assert code is None
    assert failure is not None
    assert not failure.interrupted
    assert "could not be started" in failure.message
