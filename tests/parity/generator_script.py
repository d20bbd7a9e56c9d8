"""Generated commands of a RUN: busybox at work on the files of a stage.

Nothing in them depends on the moment or on chance. Some fail, which stops none of those that follow.
"""

import shlex
from collections.abc import Callable
from random import Random

from tests.parity.generator_files import Files, Kind
from tests.parity.generator_tree import link_target

Command = Callable[[Random, Files], str | None]
"""Makes a shell command and keeps account of what it does; None where the files are not such that it could."""

ROOTS = ("", "/data", "/opt/x", "/vol", "/vol", "/tmp", "/etc", "/srv")
USERS = "echo app:x:1234:555::/:/bin/sh >> /etc/passwd; echo staff:x:777: >> /etc/group"
OWNERS = ("1:2", "0:7", "1234:555", "65534", "3:")
_FILE_MODES = ("644", "600", "755", "4755", "2755", "u+x", "go-rwx", "0", "777")
_FOLDER_MODES = ("755", "700", "1777", "2775", "g+s", "711", "0")


def commands(random: Random, files: Files) -> tuple[str, ...]:
    """A few commands, one after the other."""
    found: list[str] = []
    for _ in range(random.randint(1, 6)):
        maker = random.choice(list(COMMANDS))
        command = maker(random, files)
        if command is not None:
            found.append(command)
    return tuple(found)


def _make(random: Random, files: Files) -> str:
    path = files.fresh(random, ROOTS)
    files.put(path, Kind.FILE)
    folder, _, _ = path.rpartition("/")
    return f"mkdir -p {_q(folder or '/')}; echo {_q(path)} > {_q(path)}"


def _make_with_time(random: Random, files: Files) -> str | None:
    path = files.pick(random)
    return None if path is None else f"touch -h -d @{1_400_000_000 + random.randint(0, 99)} {_q(path)}"


def _make_folder(random: Random, files: Files) -> str:
    path = files.fresh(random, ROOTS)
    files.put(path, Kind.FOLDER)
    mode = random.choice(("", "-m 700 ", "-m 1777 "))
    return f"mkdir -p {mode}{_q(path)}"


def _fill_folder(random: Random, files: Files) -> str | None:
    folder = files.pick(random, Kind.FOLDER)
    if folder is None:
        return None
    for name in "123":
        files.put(f"{folder}/{name}", Kind.FILE)
    return f"for i in 1 2 3; do echo $i > {_q(folder)}/$i; done"


def _append(random: Random, files: Files) -> str | None:
    path = files.pick(random, Kind.FILE)
    return None if path is None else f"echo more >> {_q(path)}"


def _empty(random: Random, files: Files) -> str | None:
    path = files.pick(random, Kind.FILE)
    return None if path is None else f"truncate -s {random.choice((0, 5, 100_000))} {_q(path)}"


def _remove(random: Random, files: Files) -> str | None:
    path = files.pick(random)
    if path is None:
        return None
    files.remove(path)
    return f"rm -rf {_q(path)}"


def _move(random: Random, files: Files) -> str | None:
    path = files.pick(random)
    if path is None:
        return None
    place = files.fresh(random)
    if place.startswith(f"{path}/"):
        return None
    files.move(path, place)
    return f"mv {_q(path)} {_q(place)}"


def _move_over(random: Random, files: Files) -> str | None:
    path, place = files.pick(random, Kind.FILE, Kind.LINK), files.pick(random, Kind.FILE, Kind.LINK)
    if path is None or place is None or path == place:
        return None
    files.move(path, place)
    return f"mv -f {_q(path)} {_q(place)}"


def _copy(random: Random, files: Files) -> str | None:
    path = files.pick(random)
    if path is None:
        return None
    place = files.fresh(random)
    if place.startswith(f"{path}/"):
        return None
    files.put_all(files.copy(), path, place)
    return f"cp -a {_q(path)} {_q(place)}"


def _link(random: Random, files: Files) -> str:
    path = files.fresh(random)
    target = link_target(random, files, path)
    files.put(path, Kind.LINK)
    return f"ln -s {_q(target)} {_q(path)}"


def _hard_link(random: Random, files: Files) -> str | None:
    path = files.pick(random, Kind.FILE)
    if path is None:
        return None
    place = files.fresh(random)
    files.put(place, Kind.FILE)
    return f"ln {_q(path)} {_q(place)}"


def _chmod(random: Random, files: Files) -> str | None:
    kind = random.choice((Kind.FILE, Kind.FOLDER))
    path = files.pick(random, kind)
    modes = _FILE_MODES if kind is Kind.FILE else _FOLDER_MODES
    return None if path is None else f"chmod {random.choice(modes)} {_q(path)}"


def _chown(random: Random, files: Files) -> str | None:
    path = files.pick(random)
    return None if path is None else f"chown {random.choice(('-h', '-R'))} {random.choice(OWNERS)} {_q(path)}"


def _folder_to_file(random: Random, files: Files) -> str | None:
    path = files.pick(random, Kind.FOLDER)
    if path is None:
        return None
    files.put(path, Kind.FILE)
    return f"rm -rf {_q(path)}; echo was a folder > {_q(path)}"


def _file_to_folder(random: Random, files: Files) -> str | None:
    path = files.pick(random, Kind.FILE, Kind.LINK)
    if path is None:
        return None
    files.put(path, Kind.FOLDER)
    files.put(f"{path}/in", Kind.FILE)
    return f"rm -f {_q(path)}; mkdir {_q(path)}; touch {_q(path + '/in')}"


def _anything_to_link(random: Random, files: Files) -> str | None:
    path = files.pick(random)
    if path is None:
        return None
    files.put(path, Kind.LINK)
    target = link_target(random, files, path)
    if target.startswith(path):
        target = "nowhere"
    return f"rm -rf {_q(path)}; ln -s {_q(target)} {_q(path)}"


def _folder_anew(random: Random, files: Files) -> str | None:
    """A directory takes the place of another one: what was in it is gone without a word about each."""
    path = files.pick(random, Kind.FOLDER)
    if path is None:
        return None
    files.put(path, Kind.FOLDER)
    files.put(f"{path}/new", Kind.FILE)
    return f"rm -rf {_q(path)}; mkdir -p {_q(path)}; touch -d @1450000000 {_q(path + '/new')}"


def _folder_aside(random: Random, files: Files) -> str | None:
    """A directory is moved aside and another one made in its place."""
    path = files.pick(random, Kind.FOLDER)
    if path is None:
        return None
    files.move(path, f"{path}.old")
    files.put(path, Kind.FOLDER)
    return f"mv {_q(path)} {_q(path + '.old')}; mkdir {_q(path)}"


def _special(random: Random, files: Files) -> str:
    """Nothing else touches it: to open a pipe would wait for ever."""
    folder = random.choice(("", *files.paths(Kind.FOLDER)))
    kind, arguments = random.choice((("p", ""), ("c", " 1 3"), ("b", " 253 99")))
    return f"mknod {_q(f'{folder}/special-{kind}')} {kind}{arguments}"


def _temporary(random: Random, files: Files) -> str:
    """Nothing is left of it but the times of the directories above."""
    path = files.fresh(random)
    return f"mkdir -p {_q(path)}/x; rm -rf {_q(path)}"


def _touch_again(random: Random, files: Files) -> str | None:
    """A file is written anew as it was."""
    path = files.pick(random, Kind.FILE)
    return None if path is None else f"cp -p {_q(path)} /tmp/.copy; cat /tmp/.copy > {_q(path)}; rm -f /tmp/.copy"


def _base_files(random: Random, files: Files) -> str:
    return random.choice(
        (
            "rm -f /bin/vi",
            "mv /bin/vi /bin/vim",
            "chmod 700 /root",
            "rm -rf /etc/group; touch /etc/group",
            "touch /bin/new",
            "mkdir -p /usr/local/bin; ln -s /bin/busybox /usr/local/bin/bb",
            "chmod u+s /bin/busybox",
            "echo x >> /etc/passwd",
        )
    )


def _ask(random: Random, files: Files) -> str:
    """What the command is run with."""
    path = files.fresh(random, ROOTS[:1])
    files.put(path, Kind.FILE)
    question = random.choice(("env | sort", "id", "pwd; umask", "ls -ld . /tmp | cut -c1-10", "ulimit -c", "cat"))
    return f"{{ {question}; }} > {_q(path)}"


COMMANDS: tuple[Command, ...] = (
    *(_make, _make, _make, _make_folder, _make_folder, _fill_folder),
    *(_make_with_time, _append, _empty, _remove, _move, _move_over, _copy, _link, _link, _hard_link),
    *(_chmod, _chown, _folder_to_file, _file_to_folder, _anything_to_link, _folder_anew, _folder_aside),
    *(_special, _temporary, _touch_again, _base_files, _ask),
)

_q = shlex.quote
