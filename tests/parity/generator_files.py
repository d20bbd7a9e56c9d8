"""What a generated build probably has on disk: enough to write commands that mostly do something.

It is a guess. Links to directories are not followed, and a command that fails changes nothing here.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from random import Random

PLAIN_NAMES = ("a", "b", "c", "d", "sub", "deep", "e.txt", "f.txt", "g.sh", "h.txt")
ODD_NAMES = (
    "x y",
    "ü",
    ".hidden",
    "it's",
    "-dash",
    "st*r",
    "br[ack",
    "dol$lar",
    "#hash",
    "q?",
    'dou"ble',
    "e=f",
    "{g}",
)


class Kind(Enum):
    """What is at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


def name(random: Random) -> str:
    """A file's name, mostly a plain one."""
    return random.choice(PLAIN_NAMES if random.random() < 0.85 else ODD_NAMES)


class Files:
    """Paths and their kinds; folders come before what is in them."""

    def __init__(self, kinds: Mapping[str, Kind] | None = None) -> None:
        self._kinds = dict(kinds or {})

    def copy(self) -> "Files":
        """The same files, to be changed on their own."""
        return Files(self._kinds)

    def paths(self, *kinds: Kind) -> list[str]:
        """All paths, or those of some kinds."""
        return [path for path, kind in self._kinds.items() if not kinds or kind in kinds]

    def pick(self, random: Random, *kinds: Kind) -> str | None:
        """Any of the paths."""
        paths = self.paths(*kinds)
        return random.choice(paths) if paths else None

    def put(self, path: str, kind: Kind) -> None:
        """Something is at a path from here on."""
        self.remove(path)
        self._kinds[path] = kind

    def remove(self, path: str) -> None:
        """Nothing is at a path or below it any more."""
        self._kinds = {name: kind for name, kind in self._kinds.items() if name != path and not below(name, path)}

    def put_all(self, files: "Files", source: str, place: str) -> None:
        """What is at a path of some files, also below it, is here too."""
        for path, kind in files._kinds.items():
            if path == source or below(path, source):
                self._kinds.setdefault(place + path[len(source) :], kind)

    def move(self, source: str, place: str) -> None:
        """A path has another name from here on."""
        moved = self.copy()
        self.remove(source)
        self.remove(place)
        self.put_all(moved, source, place)

    def fresh(self, random: Random, roots: Iterable[str] = ("",)) -> str:
        """A path where nothing is yet, in a folder that is there or at the top."""
        path = f"{random.choice([*roots, *self.paths(Kind.FOLDER)])}/{name(random)}"
        while path in self._kinds:
            path += random.choice("123")
        return path


def below(path: str, folder: str) -> bool:
    """Whether a path is somewhere in a folder."""
    return path.startswith(folder.rstrip("/") + "/")
