"""The messages for wrong mounts, and which ones are right, against a current BuildKit."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from stepper.dockerfile.parser import parse
from stepper.dockerfile.validate import check
from stepper.engine.connect import Connection
from stepper.errors import DockerfileError
from tests.dockerfile.test_mount_flags import WRONG
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine

TAKEN = re.compile(
    "did not complete successfully|no active sessions|failed to compute cache key|failed to resolve source"
)
"""BuildKit's errors once it has taken the Dockerfile: there is no program to run, no secret and no such image."""

FLAGS = (
    # Written so, BuildKit mounts over the whole file system: no step could be run in that.
    *(flag for flag, _, _ in WRONG if "from=" not in flag and flag != "target=/a/.."),
    "TYPE=CACHE,Target=/a",
    "target=a",
    "target=",
    "type=tmpfs,size=1k",
    "type=bind,target",
    "target=/a,",
    "=x",
    "$x",
    "type=cache,target=/a,mode=0o755",
    "type=cache,target=/a,mode=+755",
    "type=cache,target=/a,mode=37777777777",
    "type=cache,target=/a,mode=77777777777",
    "type=cache,target=/a,uid=-1",
    "type=cache,target=/a,uid=4294967296",
    "type=cache,target=/a,gid=08",
    "type=cache,target=/a,required=true",
    "type=cache,id=x",
    "type=tmpfs,target=/a,size=1.5k",
    "type=tmpfs,target=/a,size=-1",
    "type=tmpfs,target=/a,size=k",
    "type=tmpfs,target=/a,size=1e3",
    "type=tmpfs,target=/a,size=0x10",
    "type=tmpfs,target=/a,size=10kib",
    "type=tmpfs,target=/a,size=10bb",
    "type=tmpfs,target=/a,size=",
    "type=tmpfs,target=/a,size=.k",
    "type=tmpfs,target=/a,size=$X",
    "target=/a,ro=TRUE",
    "target=/a,ro=tRUE",
    "target=/a,ro=",
    "target=/a,ro=1",
    "target=/a,ro=yes",
    "target=/a,ro=$X",
    "target=/a,ro=${X:-t}",
    "type=tmpfs,target=/a,uid=1",
    "type=tmpfs,target=/a,gid=1",
    "target=/a,sharing=locked",
    "target=/a,env=X",
    "type=secret,id=a,sharing=shared",
    "type=secret,id=a,from=scratch",
    "type=secret,env=X",
    "required,type=secret,id=a",
    "type=secret,id=a,required=maybe",
    "type=secret,id=a,required",
    "type=secret,target=/a/b",
    "type=secret,id=a,env=",
    "type=ssh,required",
    "type=ssh,size=1",
    "type=ssh,mode=999",
    "type=,target=/a",
    "type=foo",
    "from=,target=/a",
    "from=scratch,target=/a",
    "from=0,target=/a",
    "from=$X,target=/a",
    "'\"target=/a,b\"'",
    "'\"target=/a'",
    "'t\"=/a'",
    "''",
    "target=/a,target=/b",
    "target=/a,typ=x",
    "target=${X:?no}",
    "target='/a'/b",
)


@pytest.mark.parametrize("flag", FLAGS)
def test_buildkit_takes_the_same_mounts_and_says_the_same_of_the_others(
    engine: Connection, tmp_path: Path, flag: str
) -> None:
    text = f'FROM scratch\nRUN --mount={flag} ["/none"]\n'
    (tmp_path / "Dockerfile").write_text(text)
    result = reference_build(engine.client, tmp_path, tag=f"stepper-test-mounts:{uuid4().hex}")
    assert result.error is not None
    reference = result.error.removeprefix("dockerfile parse error on line 2: ")
    if TAKEN.search(reference):
        reference = ""
    assert _our_error(text) == _plain(reference)


def _our_error(text: str) -> str:
    try:
        errors = check(parse(text), {})
    except DockerfileError as error:
        errors = (error,)
    return _plain(errors[0].message) if errors else ""


def _plain(message: str) -> str:
    """Without what is said in other words on purpose: how a word cannot be expanded, and a suggestion for no word."""
    message = re.sub(r'^(?:failed to process|cannot expand) ["\'](.*)["\']: ', r"expansion of \1: ", message)
    return message.replace("in '=x' (did you mean id?)", "in '=x'")
