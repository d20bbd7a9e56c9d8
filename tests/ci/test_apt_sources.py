"""The mirror that the engine script installs from is the one that the machine's apt is set up with."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def apt_sources(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / ".ci/engine"))
    return importlib.import_module("apt_sources")


@pytest.fixture
def apt(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_a_line_of_sources_list_names_the_mirror(apt_sources: ModuleType, apt: Path) -> None:
    (apt / "sources.list").write_text(
        "# deb http://commented.test/debian trixie main\n"
        "deb-src http://sources.test/debian trixie main\n"
        "deb [arch=amd64 signed-by=/a/b] http://mirror.test/debian/ trixie main contrib # the near one\n"
    )
    assert apt_sources.mirror("trixie", apt) == "http://mirror.test/debian"


def test_a_stanza_of_a_sources_file_names_the_mirror(apt_sources: ModuleType, apt: Path) -> None:
    (apt / "sources.list.d/debian.sources").write_text(
        "# the security archive comes first here\n"
        "Types: deb\nURIs: http://mirror.test/debian-security\nSuites: trixie-security\nComponents: main\n"
        "\n"
        "Types: deb deb-src\nURIs: http://mirror.test/debian\nSuites: trixie\n trixie-updates\nComponents: main\n"
    )
    assert apt_sources.mirror("trixie", apt) == "http://mirror.test/debian"


def test_the_archive_of_this_release_goes_before_other_repositories(apt_sources: ModuleType, apt: Path) -> None:
    (apt / "sources.list.d/a.list").write_text("deb https://other.test/apt nodistro main\n")
    (apt / "sources.list.d/b.list").write_text("deb https://mirror.test/debian trixie main\n")
    assert apt_sources.mirror("trixie", apt) == "https://mirror.test/debian"


def test_a_disabled_stanza_counts_for_nothing(apt_sources: ModuleType, apt: Path) -> None:
    (apt / "sources.list.d/debian.sources").write_text(
        "Enabled: no\nTypes: deb\nURIs: http://off.test/debian\nSuites: trixie\nComponents: main\n"
    )
    with pytest.raises(LookupError, match="no Debian mirror"):
        apt_sources.mirror("trixie", apt)


def test_a_cd_is_passed_over(apt_sources: ModuleType, apt: Path) -> None:
    (apt / "sources.list").write_text(
        "deb cdrom:[Debian GNU/Linux 13 - amd64]/ trixie main\ndeb http://mirror.test/debian trixie main\n"
    )
    assert apt_sources.mirror("trixie", apt) == "http://mirror.test/debian"


def test_a_list_of_mirrors_gives_its_first(apt_sources: ModuleType, apt: Path) -> None:
    listed = apt / "mirrors.list"
    listed.write_text("# the near one first\nhttp://near.test/debian\tpriority:1\nhttp://far.test/debian\n")
    (apt / "sources.list").write_text(f"deb mirror+file:{listed} trixie main\n")
    assert apt_sources.mirror("trixie", apt) == "http://near.test/debian"
