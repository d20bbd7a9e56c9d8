"""An image of the frontend in `tests.custom_frontend.frontend`: the Python that runs the tests, and that program.

No registry is needed for it. It is made for an engine on this machine, since the Python is this machine's.
"""

import io
import re
import secrets
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from pathlib import Path

from stepper.engine.client import EngineClient
from tests.reference_build import reference_build

FRONTEND = f"stepper-frontend:test-{secrets.token_hex(4)}"
"""What `# syntax=` calls it: another name in every run of the tests, since a run removes it in the end."""

_PROGRAM = Path(__file__).with_name("frontend.py")
_PACKAGES = ("collections", "encodings", "importlib", "re", "lib-dynload")
_DOCKERFILE = """\
FROM scratch
COPY . /
ENTRYPOINT ["{python}", "-ISB", "/frontend.py"]
"""


def make_frontend(client: EngineClient) -> str:
    """Make the image in an engine; its name."""
    built = reference_build(client, _context(), tag=FRONTEND)
    assert built.error is None, built.error
    return FRONTEND


def _context() -> bytes:
    python = Path(sys.executable).resolve()
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.GNU_FORMAT, dereference=True) as archive:
        text = _DOCKERFILE.format(python=python).encode()
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
        archive.add(_PROGRAM, "frontend.py")
        for path in [python, *_libraries(python), *_modules()]:
            archive.add(path, str(path))
    return body.getvalue()


def _libraries(program: Path) -> Iterator[Path]:
    """The shared libraries that a program is linked with, and what loads them."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    yield from (Path(found) for found in re.findall(r"(/\S+) \(0x", listed))


def _modules() -> Iterator[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    yield from sorted(library.glob("*.py"))
    for package in _PACKAGES:
        yield from sorted(path for path in (library / package).iterdir() if path.suffix in (".py", ".so"))
