"""The build context as the engine sees it."""

from pathlib import Path

import pytest

from stepper.debugger.context_report import ContextReport, context_report
from stepper.debugger.options import BuildOptions
from stepper.errors import DockerfileError


def report(folder: Path, ignore: str | None = None, **files: str) -> ContextReport:
    for name, content in {"Dockerfile": "FROM scratch\n", **files}.items():
        place = folder / name.replace("__", "/").replace("_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    if ignore is not None:
        (folder / ".dockerignore").write_text(ignore)
    return context_report(BuildOptions(folder, folder / "Dockerfile"))


def told(found: ContextReport) -> dict[str, tuple[bool, int | None]]:
    return {each.path: (each.is_included, each.rule.line if each.rule is not None else None) for each in found.paths}


def test_every_path_is_included_or_ignored_by_a_rule(tmp_path: Path) -> None:
    found = report(tmp_path, "*.md\nout\n!out/keep\n", a_md="1", out__x__y="22", out__keep="333", main_go="4444")
    assert told(found) == {
        "/.dockerignore": (True, None),
        "/Dockerfile": (True, None),
        "/a.md": (False, 1),
        "/main.go": (True, None),
        "/out": (True, 2),
        "/out/keep": (True, 3),
        "/out/x": (False, 2),
        "/out/x/y": (False, 2),
    }
    assert found.ignored == (2, 3)
    assert found.included == (4, 3 + 4 + len("FROM scratch\n") + len("*.md\nout\n!out/keep\n"))


def test_the_rules_are_told_that_ignore_most_first(tmp_path: Path) -> None:
    found = report(tmp_path, "*.md\n# nothing\nbig\n", a_md="1", b_md="1", big__x="22222")
    assert [(each.rule.text, each.rule.line, each.total) for each in found.rules] == [
        ("big", 3, (1, 5)),
        ("*.md", 1, (2, 2)),
    ]


def test_without_an_ignore_file_everything_is_included(tmp_path: Path) -> None:
    found = report(tmp_path, a="1")
    assert found.ignored == (0, 0)
    assert found.ignore_name == ""
    assert all(each.is_included and each.rule is None for each in found.paths)


def test_a_folder_comes_before_what_is_in_it(tmp_path: Path) -> None:
    found = report(tmp_path, a__x="1")
    (tmp_path / "a-b").write_text("")
    found = report(tmp_path)
    assert [each.path for each in found.paths] == ["/Dockerfile", "/a", "/a/x", "/a-b"]


def test_a_rule_that_is_none_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DockerfileError, match=r"\.dockerignore:2: "):
        report(tmp_path, "ok\n[\n")
