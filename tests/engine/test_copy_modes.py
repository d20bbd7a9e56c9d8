"""`--chmod`. The parity tests hold many more symbolic modes to BuildKit."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.copy_error import CopyError
from stepper.engine.copy_modes import Chmod


@pytest.mark.parametrize("mode", ["8", "99999", "17777", "u", "+q", "u+x,", "", "-1"])
def test_what_is_no_mode_is_an_error_that_shows_it(mode: str) -> None:
    with pytest.raises(CopyError, match=f"invalid --chmod={mode}".replace("+", "[+]")):
        Chmod(mode)


def test_an_octal_mode_is_for_everything_that_is_made() -> None:
    chmod = Chmod("4640")
    assert chmod.apply(0o755, is_directory=True) == 0o4640
    assert chmod.of_made_directories == 0o640


def test_the_directories_that_are_made_obey_the_engines_umask() -> None:
    assert Chmod("7777").of_made_directories == 0o755


def test_a_symbolic_mode_leaves_the_directories_above_alone() -> None:
    assert Chmod("go-rwx").of_made_directories is None


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("g=u", 0o6750, 0o6770),
        ("u=g,o=", 0o4711, 0o4110),
        ("g=uo", 0o754, 0o744),
        ("go=u-w", 0o644, 0o644),
        ("g=ru", 0o6750, 0o4770),
        ("=t", 0o4711, 0o5711),
        ("+rt", 0o000, 0o1000),
        ("o+s", 0o755, 0o755),
        ("o+t", 0o755, 0o755),
        ("u+t", 0o755, 0o1755),
        ("=s", 0o755, 0o6000),
        ("u-s", 0o6755, 0o2755),
        ("a=", 0o7777, 0o1000),
        ("-X", 0o711, 0o600),
        ("=X", 0o644, 0o000),
        ("u=rX", 0o4711, 0o511),
        ("+", 0o640, 0o640),
    ],
)
def test_a_symbolic_mode_is_read_as_buildkit_reads_it(text: str, before: int, after: int) -> None:
    assert oct(Chmod(text).apply(before, is_directory=False)) == oct(after)


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
