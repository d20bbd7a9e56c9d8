"""What of the build context an instruction will miss, told before it runs."""

from pathlib import Path

import pytest

from stepper.dockerfile.mounts import BindMount, CacheMount
from stepper.dockerfile.operations import CopyOperation, RunOperation, WorkdirOperation
from stepper.dockerfile.origins import Origin
from stepper.engine.context import BuildContext
from stepper.engine.source_checks import BadSource, bad_source
from stepper.engine.step import ContextSource


class Folders:
    """A build context and one with the name `docs`; what was listed of them is written down."""

    def __init__(self, folder: Path) -> None:
        context, docs = folder / "context", folder / "docs"
        for path in (context / "dir" / "sub", context / "dir" / "other", docs):
            path.mkdir(parents=True)
        for path in (context / "app.py", context / "kept-out", context / "dir" / "sub" / "deep", docs / "page"):
            path.write_text("x")
        (context / "gone").symlink_to("nowhere")
        self._trees = {None: Listed(ContextSource(context, "kept-out\n")), "docs": Listed(ContextSource(docs, ""))}

    def __call__(self, name: str | None) -> BuildContext:
        return self._trees[name]

    @property
    def listed(self) -> list[str]:
        return [path for tree in self._trees.values() for path in tree.listed]


class Listed(BuildContext):
    def __init__(self, source: ContextSource) -> None:
        super().__init__(source)
        self.listed: list[str] = []

    def _all_names(self, path: str) -> list[str]:
        self.listed.append(path)
        return super()._all_names(path)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def told(bad: BadSource | None) -> tuple[str, str] | None:
    return None if bad is None else (bad.source, bad.error.message)


@pytest.mark.parametrize(
    "source", [".", "/", "app.py", "/app.py", "dir/", "dir/sub/deep", "*.py", "*.nothing", "dir/*"]
)
def test_what_is_there_is_no_error(folders: Folders, source: str) -> None:
    assert bad_source(CopyOperation((source,), "/"), folders) is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nope", '"/nope": not found in the build context'),
        ("dir/nope/x", '"/dir/nope/x": not found in the build context'),
        ("kept-out", '"/kept-out": not found in the build context'),
        ("gone", '"/gone": not found in the build context'),
        ("gon*", '"/gone": not found in the build context'),
        ("none/*.txt", '"/none": not found in the build context'),
        ("app.py/x", "/app.py is not a directory, but /app.py/x leads through it"),
    ],
)
def test_what_is_missing_is_told_as_the_step_tells_it(folders: Folders, source: str, message: str) -> None:
    assert told(bad_source(CopyOperation(("app.py", source), "/d/"), folders)) == (source, message)


def test_the_hint_says_what_was_likely_meant_and_which_rule_keeps_it_out(folders: Folders) -> None:
    misspelt = bad_source(CopyOperation(("ap.py",), "/"), folders)
    ignored = bad_source(CopyOperation(("kept-out",), "/"), folders)
    assert misspelt is not None
    assert misspelt.error.hint == "Did you mean app.py?"
    assert ignored is not None
    assert ignored.error.hint == "It is there, but line 1 of the ignore file keeps it out: kept-out"


@pytest.mark.parametrize(
    "operation",
    [
        CopyOperation(("nope",), "/", from_stage=0),
        CopyOperation(("nope",), "/", from_image="busybox"),
        CopyOperation(("https://example.com/nope", "https://example.com/nope.git"), "/", is_add=True),
        RunOperation(
            None, "x", "x", mounts=(BindMount("/m", "/nope", Origin(stage=0)), CacheMount("/c", "c", source="/nope"))
        ),
        RunOperation(None, "x", "x", mounts=(BindMount("/m", "/nope", Origin()),)),
        WorkdirOperation("/nope"),
    ],
)
def test_only_what_comes_from_a_folder_is_looked_at(
    folders: Folders, operation: CopyOperation | RunOperation | WorkdirOperation
) -> None:
    assert bad_source(operation, folders) is None


def test_an_additional_context_has_files_of_its_own(folders: Folders) -> None:
    assert bad_source(CopyOperation(("page",), "/", from_context="docs"), folders) is None
    missing = bad_source(CopyOperation(("app.py",), "/", from_context="docs"), folders)
    assert told(missing) == ("app.py", '"/app.py": not found in the build context')


def test_bind_mounts_are_looked_up(folders: Folders) -> None:
    def mounted(*mounts: BindMount) -> tuple[str, str] | None:
        return told(bad_source(RunOperation(None, "x", "x", mounts=mounts), folders))

    there = BindMount("/a", "/dir"), BindMount("/b"), BindMount("/c", "/page", Origin(context="docs"))
    assert mounted(*there) is None
    assert mounted(*there, BindMount("/d", "/nope")) == ("nope", '"/nope": not found in the build context')
    assert mounted(BindMount("/d", "/kept-out")) == ("kept-out", '"/kept-out": not found in the build context')


def test_with_parents_a_plain_path_is_looked_up(folders: Folders) -> None:
    assert bad_source(CopyOperation(("dir/sub/deep", "dir/./sub", "none/**"), "/", parents=True), folders) is None
    missing = bad_source(CopyOperation(("dir/./nope",), "/", parents=True), folders)
    assert told(missing) == ("dir/./nope", '"/dir/nope": not found in the build context')


def test_nothing_is_walked_through(folders: Folders) -> None:
    bad_source(CopyOperation((".", "dir", "dir/sub/deep"), "/"), folders)
    bad_source(CopyOperation(("**/deep", "dir/*/deep"), "/"), folders)
    bad_source(CopyOperation(("**", "dir/**"), "/", parents=True), folders)
    bad_source(CopyOperation(("dir",), "/", parents=True, exclude=("**",)), folders)
    assert folders.listed == []
    bad_source(CopyOperation(("dir/*.txt",), "/"), folders)
    assert folders.listed == ["/dir"]
