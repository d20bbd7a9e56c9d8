"""Whether what a COPY took from the build context was touched since."""

import os
import time
from pathlib import Path

import pytest

from stepper.debugger.context_watch import touched_since
from stepper.engine.step import ContextSource

LATER = time.time() + 3600
"""Everything was made before it."""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name in ("conf/a", "conf/b", "src/main.c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("pattern", ["conf", "conf/a", "/conf/", "./conf/a", "co*/a", "*", ".", "src/../conf"])
def test_old_files_are_untouched(context: Path, pattern: str) -> None:
    assert not touched_since(ContextSource(context), (pattern,), LATER)


@pytest.mark.parametrize("pattern", ["conf", "conf/a", "/conf/", "./conf/a", "co*/a", "*", ".", "src/../conf"])
def test_new_files_are_touched(context: Path, pattern: str) -> None:
    assert touched_since(ContextSource(context), (pattern,), 0)


def test_a_path_is_looked_at_where_it_leads(context: Path) -> None:
    assert not touched_since(ContextSource(context), ("missing/../conf/a",), LATER)
    assert touched_since(ContextSource(context), ("src/../missing",), LATER)


def test_what_is_missing_was_touched(context: Path) -> None:
    assert touched_since(ContextSource(context), ("gone",), LATER)


@pytest.mark.parametrize("pattern", ["link", "li*", "folder/a", "fold*"])
def test_what_is_reached_through_a_link_may_have_been_touched(context: Path, pattern: str) -> None:
    os.symlink("conf/a", context / "link")
    os.symlink("conf", context / "folder")
    assert touched_since(ContextSource(context), (pattern,), LATER)


def test_a_link_that_is_copied_as_a_link_is_untouched(context: Path) -> None:
    os.symlink("../src/main.c", context / "conf" / "link")
    assert not touched_since(ContextSource(context), ("conf",), LATER)
    assert not touched_since(ContextSource(context), ("con*",), LATER)


def test_what_the_ignore_file_keeps_out_does_not_count(context: Path) -> None:
    os.symlink("a", context / "conf" / "link")
    assert not touched_since(ContextSource(context, "conf/link\n"), ("conf/*",), LATER)


@pytest.mark.parametrize("pattern", [".", "/", "conf", "conf/*"])
def test_the_context_itself_may_be_a_link(
    context: Path, tmp_path_factory: pytest.TempPathFactory, pattern: str
) -> None:
    linked = tmp_path_factory.mktemp("linked") / "context"
    os.symlink(context, linked)
    assert not touched_since(ContextSource(linked), (pattern,), LATER)
    assert touched_since(ContextSource(linked), (pattern,), 0)
