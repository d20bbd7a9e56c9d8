"""The sample Dockerfiles that are in this repository, but for `go`, whose base image is large."""

from pathlib import Path

from tests.parity.case import Case, Fails
from tests.parity.trees import File, Tree

_FOLDER = Path(__file__).parents[2] / "sample_dockerfiles"


def _sample(name: str, *, ignored: tuple[str, ...] = (), fails: Fails | None = None) -> Case:
    folder = _FOLDER / name
    tree: Tree = {
        str(path.relative_to(folder)): File(path.read_bytes(), path.stat().st_mode & 0o777)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Case(f"sample-{name}", (folder / "Dockerfile").read_text(), tree, ignored=ignored, fails=fails)


CASES: list[Case] = [
    _sample("multistage"),
    _sample("layers"),
    _sample("copy-from"),
    _sample("failing", fails=Fails(10, 3)),
    _sample("walk", ignored=("src/settings.env",), fails=Fails(6, 2)),
]
