"""What a COPY or ADD is told to do before it does it: files, what they take the place of, and what is kept out."""

import gzip
from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation, InlineFile
from stepper.engine.context import BuildContext
from stepper.engine.copy_digest import Reading
from stepper.engine.copy_flags import Owner
from stepper.engine.copy_modes import Chmod
from stepper.engine.copy_plan import Rules
from stepper.engine.copy_preview import PreviewTarget, preview
from stepper.engine.copy_record import CopyRecord, KeptOutBy, Origin
from stepper.engine.file_tree import ListingTree
from stepper.engine.step import ContextSource
from stepper.image.layer import Listing
from tests.engine.test_unpacking import archive, member
from tests.scripted_engine import directory_entry, file_entry

ROOT: Listing = {"/": directory_entry(), "/app": directory_entry(), "/app/main.py": file_entry(3)}


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """Some files, and folders that are usually ignored."""
    for name in ("main.py", "test_main.py", "README.md", "src/a.py", "src/deep/b.py", ".git/config", "lib/x/y.o"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    return tmp_path


def tree(listing: Listing) -> ListingTree:
    return ListingTree(listing, lambda path: "")


def of_context(
    folder: Path, *sources: str, ignore: str = "", into: Listing = ROOT, rules: Rules | None = None, **flags: object
) -> CopyRecord:
    operation = CopyOperation(sources, "/app/", **flags)  # type: ignore[arg-type] # the flags of one test each
    target = PreviewTarget(into, tree(into), 0, on_top=operation.link)
    reading = Reading(operation, BuildContext(ContextSource(folder, ignore)))
    return preview(operation, [reading], target, destination="/app/", rules=rules or Rules())


def of_listing(source: Listing, *sources: str, **flags: object) -> CopyRecord:
    operation = CopyOperation(sources, "/app/", **flags)  # type: ignore[arg-type] # the flags of one test each
    target = PreviewTarget(ROOT, tree(ROOT), 0, on_top=False)
    return preview(operation, tree(source), target, destination="/app/", rules=Rules())


def kept_out(record: CopyRecord) -> dict[str, tuple[KeptOutBy, str, int]]:
    return {each.path: (each.by, each.rule, each.line) for each in record.kept_out}


def test_each_file_is_told_with_where_it_lands(context: Path) -> None:
    record = of_context(context, "src", "README.md")
    assert [(file.source, file.destination) for file in record.files] == [
        ("/src/a.py", "/app/a.py"),
        ("/src/deep/b.py", "/app/deep/b.py"),
        ("/README.md", "/app/README.md"),
    ]
    assert record.size == len("src/a.py") + len("src/deep/b.py") + len("README.md")
    assert record.error is None


def test_a_file_has_the_owner_and_mode_that_the_flags_ask_for(context: Path) -> None:
    (file,) = of_context(context, "main.py", rules=Rules(Owner(7, 8), Chmod("750"))).files
    assert (file.entry.uid, file.entry.gid, file.entry.mode) == (7, 8, 0o750)


def test_what_a_file_takes_the_place_of_is_told(context: Path) -> None:
    record = of_context(context, "main.py", "README.md")
    assert [file.before for file in record.files] == [ROOT["/app/main.py"], None]
    assert record.overwritten == 1


def test_a_linked_copy_takes_the_place_of_what_is_there_too(context: Path) -> None:
    assert of_context(context, "main.py", link=True).overwritten == 1


def test_a_file_overwritten_by_a_later_source_is_told_twice(context: Path) -> None:
    record = of_context(context, "README.md", "lib/../README.md")
    first, second = record.files
    assert first.before is None
    assert second.before == first.entry


def test_what_the_ignore_file_keeps_out_is_told_with_its_rule_and_line(context: Path) -> None:
    record = of_context(context, ".", ignore="# no history\n.git\n**/deep\n*.md\n!src/deep/b.py\n")
    assert kept_out(record) == {
        "/.git": (KeptOutBy.IGNORE_FILE, ".git", 2),
        "/README.md": (KeptOutBy.IGNORE_FILE, "*.md", 4),
    }
    assert "/src/deep/b.py" in [file.source for file in record.files]


def test_what_exclude_keeps_out_is_told_with_its_pattern(context: Path) -> None:
    record = of_context(context, ".", exclude=("**/*.py", "lib", "!src/deep/*.py"))
    out = kept_out(record)
    assert {path for path, (_, rule, _) in out.items() if rule == "**/*.py"} == {
        "/main.py",
        "/test_main.py",
        "/src/a.py",
    }
    assert out["/lib"] == (KeptOutBy.EXCLUDE, "lib", 0)
    assert "/lib/x" not in out
    assert "/src/deep/b.py" in [file.source for file in record.files]


def test_what_a_glob_does_not_match_is_told_with_the_glob(context: Path) -> None:
    record = of_context(context, "test*.py", "README.md", ignore=".git\n")
    out = kept_out(record)
    assert out["/main.py"] == (KeptOutBy.GLOB, "test*.py", 0)
    assert out["/src"] == (KeptOutBy.GLOB, "test*.py", 0)
    assert "/README.md" not in out
    assert "/.git" not in out, "the glob does not match it either, but it was never in question"


def test_what_a_glob_matches_and_the_ignore_file_keeps_out_is_the_ignore_files(context: Path) -> None:
    assert kept_out(of_context(context, "*.md", ignore="\nREADME.md"))["/README.md"] == (
        KeptOutBy.IGNORE_FILE,
        "README.md",
        2,
    )


def test_sources_in_an_image_are_told_alike() -> None:
    source: Listing = {
        "/": directory_entry(),
        "/out": directory_entry(),
        "/out/app": file_entry(10),
        "/out/app.map": file_entry(90),
    }
    record = of_listing(source, "/out", exclude=("*.map",))
    assert [(file.source, file.destination) for file in record.files] == [("/out/app", "/app/app")]
    assert kept_out(record) == {"/out/app.map": (KeptOutBy.EXCLUDE, "*.map", 0)}


def test_an_archive_that_is_unpacked_is_told_by_its_members(tmp_path: Path) -> None:
    data = gzip.compress(archive(member("main.py"), member("d/other")))
    (tmp_path / "all.tar.gz").write_bytes(data)
    record = of_context(tmp_path, "all.tar.gz", unpack=True)
    assert [(file.source, file.destination, file.origin) for file in record.files] == [
        ("/all.tar.gz", "/app/main.py", Origin.MEMBER),
        ("/all.tar.gz", "/app/d/other", Origin.MEMBER),
    ]
    assert record.files[0].before == ROOT["/app/main.py"]


def test_a_large_archive_is_not_read_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepper.engine.copy_preview.LARGEST_ARCHIVE", 100)
    (tmp_path / "all.tar").write_bytes(archive(member("main.py")))
    (file,) = of_context(tmp_path, "all.tar", unpack=True).files
    assert (file.destination, file.origin) == ("/app", Origin.ARCHIVE)


def test_a_heredoc_is_told_by_its_name(tmp_path: Path) -> None:
    (file,) = of_context(tmp_path, inline_files=(InlineFile("run.sh", "echo hello\n"),)).files
    assert (file.source, file.destination, file.entry.size) == ("/run.sh", "/app/run.sh", 11)
    assert file.origin is Origin.HEREDOC


def test_what_is_long_can_be_stopped(context: Path) -> None:
    def stop() -> None:
        raise InterruptedError

    target = PreviewTarget(ROOT, tree(ROOT), 0, on_top=False)
    operation = CopyOperation((".",), "/app/")
    readings = [Reading(operation, BuildContext(ContextSource(context)))]
    with pytest.raises(InterruptedError):
        preview(operation, readings, target, destination="/app/", rules=Rules(), check=stop)


def test_a_source_that_is_missing_is_an_error_in_the_record(context: Path) -> None:
    record = of_context(context, "man.py")
    assert record.files == ()
    assert record.error == '"/man.py": not found in the build context'
    assert record.hint == "Did you mean main.py?"
