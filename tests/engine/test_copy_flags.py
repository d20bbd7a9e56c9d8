"""`--chown` and `--chmod`."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import Chmod, Owner, find_owner

FILES = {
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n\n# no user\napp:x:1234:555::/:/bin/sh\nbroken:x\n",
    "/etc/group": b"root:x:0:\nstaff:x:777:app\n",
}


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("app", Owner(1234, 555)),
        ("app:staff", Owner(1234, 777)),
        ("app:7", Owner(1234, 7)),
        ("app:", Owner(1234, 0)),
        ("12:", Owner(12, 0)),
        ("12:nor-this", Owner(12, 12)),
        ("app:nor-this", Owner(1234, 555)),
        ("12", Owner(12, 12)),
        ("12:13", Owner(12, 13)),
        ("12:staff", Owner(12, 777)),
        (":staff", Owner(0, 777)),
        ("root", Owner(0, 0)),
        ("nobody-knows", Owner(0, 0)),
        ("nobody-knows:nor-this", Owner(0, 0)),
        ("broken", Owner(0, 0)),
    ],
)
def test_an_owner_is_looked_up_in_the_images_own_files(text: str, owner: Owner) -> None:
    assert find_owner(text, FILES.get) == owner


def test_without_the_files_every_name_is_root() -> None:
    assert find_owner("app:staff", lambda path: None) == Owner(0, 0)


def test_numbers_need_no_files() -> None:
    def no_file(path: str) -> bytes | None:
        raise AssertionError(path)

    assert find_owner("1:2", no_file) == Owner(1, 2)


@pytest.mark.parametrize("mode", ["8", "99999", "17777", "u", "+q", "u+x,", "", "-1"])
def test_what_is_no_mode_is_an_error_that_shows_it(mode: str) -> None:
    with pytest.raises(CopyError, match=f"invalid --chmod={mode}".replace("+", "[+]")):
        Chmod(mode)


def test_an_octal_mode_is_for_everything_that_is_made() -> None:
    chmod = Chmod("4640")
    assert chmod.apply(0o755, is_directory=True) == 0o4640
    assert chmod.of_made_directories == 0o640


def test_a_symbolic_mode_leaves_the_directories_above_alone() -> None:
    assert Chmod("go-rwx").of_made_directories is None


CLAUSES = st.builds(
    lambda who, actions: who + "".join(actions),
    st.text(st.sampled_from("ugoa"), max_size=3),
    st.lists(
        st.builds(
            lambda operator, letters: operator + letters,
            st.sampled_from("+-="),
            st.one_of(st.text(st.sampled_from("rwx"), max_size=3), st.sampled_from("ugo")),
        ),
        min_size=1,
        max_size=2,
    ),
)


# Whether X after another action looks at the file's own mode or at what that action made differs between chmods.
CONDITIONAL = st.builds(
    lambda who, operator, letters: f"{who}{operator}{letters}X",
    st.text(st.sampled_from("ugoa"), max_size=3),
    st.sampled_from("+-="),
    st.text(st.sampled_from("rw"), max_size=2),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(CLAUSES, min_size=1, max_size=3).map(",".join) | CONDITIONAL,
    st.integers(0, 0o777),
    st.booleans(),
)
def test_a_symbolic_mode_is_what_chmod_makes_of_it(text: str, mode: int, is_directory: bool) -> None:
    path = Path(os.environ["XDG_CACHE_HOME"]).parent / "target"
    if is_directory:
        path.mkdir()
    else:
        path.touch()
    path.chmod(mode)
    subprocess.run(["chmod", "--", text, path], check=True, preexec_fn=lambda: os.umask(0))
    made = path.stat().st_mode & 0o7777
    path.chmod(0o700)
    if is_directory:
        path.rmdir()
    else:
        path.unlink()

    assert oct(Chmod(text).apply(mode, is_directory=is_directory)) == oct(made)
