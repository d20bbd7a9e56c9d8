"""What a shell is started with, by what its container tells."""

from types import SimpleNamespace
from typing import Any

import pytest

from stepper.engine.shell_setup import shell_setup
from stepper.engine.step_container import Mounted
from stepper.errors import EngineError
from stepper.image.config import ImageConfig

TOLD = "/bin/sh\n/bin/busybox\ny\ny\ny\nn\n"
CONTAINER: Any = SimpleNamespace(worker=SimpleNamespace(busybox="/b"), mounted=Mounted())


def test_what_the_container_tells_makes_the_shell() -> None:
    setup = shell_setup(CONTAINER, lambda _: TOLD, None, ImageConfig(working_dir="/workspace"))
    assert (setup.command.argv, setup.command.working_dir, setup.notes) == (["/bin/sh"], "/workspace", ())


@pytest.mark.parametrize("lines", range(6))
def test_nothing_is_made_up_where_the_container_is_ended_before_it_has_told_all(lines: int) -> None:
    told = "".join(TOLD.splitlines(keepends=True)[:lines])
    with pytest.raises(EngineError, match="ended before the shell could be opened"):
        shell_setup(CONTAINER, lambda _: told, None, ImageConfig())
