"""The variables of real shells, as they list them, and how they are set again."""

import shutil
import subprocess

import pytest

from stepper.dockerfile.shell.variables import assignments, variables_of

_SCRIPT = r"""
plain=1.2; empty=; spaced='a  b'; quoted="it's \"so\""; lines='a
b=c
d'; dollar='$HOME `x` \n'; tab='	'; glob='*'; export given=1
f() { inner=1; }
set
"""
_SHELLS = {"dash": ("dash",), "busybox": ("busybox", "sh"), "bash": ("bash", "--posix")}


@pytest.mark.parametrize("shell", _SHELLS)
def test_the_variables_that_a_script_made_are_found_and_can_be_set_again(shell: str) -> None:
    program = _SHELLS[shell]
    assert shutil.which(program[0])
    listed = subprocess.run([*program, "-c", _SCRIPT], env={}, capture_output=True, text=True, check=True).stdout

    found = variables_of(listed)

    assert found.unread == ()
    assert found.values == {
        "plain": "1.2", "empty": "", "spaced": "a  b", "quoted": 'it\'s "so"', "lines": "a\nb=c\nd",
        "dollar": "$HOME `x` \\n", "tab": "\t", "glob": "*", "given": "1",
    }  # fmt: skip
    again = subprocess.run(
        [*program, "-c", f"{assignments(found.values)}set"], env={}, capture_output=True, text=True, check=True
    ).stdout
    assert variables_of(again) == found


def test_what_only_the_shell_itself_can_read_is_left_out_and_named() -> None:
    listed = 'A=([0]="x")\nB=1\nBASH_VERSINFO=([0]="5")\nf () \n{ \n    C=2\n}\nIFS=\' \n\'\n__stepper=0\n'
    assert variables_of(listed) == ({"B": "1"}, ("A",))


def test_the_arrays_of_a_real_bash_are_named() -> None:
    script = "set -o posix; a=(1 '2\n3'); declare -A b=([x]=y); declare -a c; d=1; set"
    listed = subprocess.run(["bash", "-c", script], env={}, capture_output=True, text=True, check=True).stdout
    assert variables_of(listed) == ({"d": "1"}, ("a", "b"))
