"""Builds generated Dockerfiles by Stepper and by BuildKit, tells what differs, and makes it small.

By hand: `make random SEEDS=200`, or `python -m tests.parity.random_builds 200 --first 1000`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stepper.engine.connect import Connection, connect
from stepper.engine.engine_info import CONTAINERD, ask_engine
from tests.parity.builds import Builds
from tests.parity.generator import Recipe, generate
from tests.parity.known_differences import is_known
from tests.parity.trees import File, Folder, HardLink, Link, Member

_REPAIRS = 8
"""How often an instruction that neither of the two can run is taken out of a build."""
_SHRINKS = 60
"""How many smaller builds are tried for one that differs."""
_BATCH = 10


@dataclass(frozen=True)
class Comparison:
    """What came of a generated build: without a report there is nothing to tell.

    `recipe` is what was built in the end, without the instructions that failed in both builders.
    """

    recipe: Recipe
    report: tuple[str, ...]

    def __str__(self) -> str:
        tree = "".join(f"  {path}: {_shown(member)}\n" for path, member in self.recipe.tree.items())
        return (
            f"seed {self.recipe.seed}, build arguments {dict(self.recipe.build_args)}\n"
            f"--- Dockerfile\n{self.recipe.dockerfile}"
            f"--- build context\n{tree}"
            f"--- kept out by the ignore file: {', '.join(self.recipe.ignored) or 'nothing'}\n"
            "--- what differs from BuildKit\n" + "\n".join(self.report)
        )


def compare(connection: Connection, folder: Path, recipes: Iterable[Recipe]) -> Iterator[Comparison]:
    """Build each of them twice, some at a time. `folder` is for what is needed meanwhile."""
    waiting = list(recipes)
    for start in range(0, len(waiting), _BATCH):
        yield from _compare(connection, folder / f"batch-{start}", waiting[start : start + _BATCH])


def shrink(connection: Connection, folder: Path, found: Comparison) -> Comparison:
    """The same difference in a smaller build."""
    tried = 0
    progress = True
    while progress:
        progress = False
        for recipe in found.recipe.smaller():
            tried += 1
            if tried > _SHRINKS:
                return found
            (smaller,) = _build(connection, folder / f"shrink-{tried}", [recipe])
            if _kinds(smaller.report) & _kinds(found.report):
                found, progress = smaller, True
                break
    return found


def _compare(connection: Connection, folder: Path, recipes: list[Recipe]) -> list[Comparison]:
    done: list[Comparison] = []
    for repair in range(_REPAIRS):
        again = []
        for comparison, failed in _outcomes(connection, folder / f"{repair}", recipes):
            if failed is None:
                done.append(comparison)
            else:
                again.append(comparison.recipe.without_block(failed))
        recipes = again
    return done


def _build(connection: Connection, folder: Path, recipes: list[Recipe]) -> list[Comparison]:
    return [comparison for comparison, _ in _outcomes(connection, folder, recipes)]


def _outcomes(connection: Connection, folder: Path, recipes: list[Recipe]) -> list[tuple[Comparison, int | None]]:
    """Each comparison, and the block that failed in both builds."""
    folder.mkdir(parents=True)
    storage = ask_engine(connection.client, endpoint="", place="local").info.storage
    cases = [recipe.case() for recipe in recipes]
    # There BuildKit makes a copy of a link to a file of an earlier layer, see `known_differences`.
    builds = Builds(connection, folder, cases, copies_as_links=storage == CONTAINERD)
    try:
        return [_outcome(recipe, builds) for recipe in recipes]
    finally:
        builds.close()


def _outcome(recipe: Recipe, builds: Builds) -> tuple[Comparison, int | None]:
    built = builds.built(recipe.case())
    ours, error = built.ours, built.reference.error
    if error is not None and ours is None:
        return Comparison(recipe, (f"Stepper builds it, BuildKit does not: {error}",)), None
    if error is not None and ours is not None:
        failed = recipe.block_at(ours.line) if ours.line is not None else None
        if failed is None or recipe.blocks[failed].start.startswith("FROM"):
            return Comparison(recipe, (f"both fail, at no instruction: {ours.message}; BuildKit: {error}",)), None
        return Comparison(recipe, ()), failed
    return Comparison(recipe, tuple(line for line in built.report if not _is_known(line, builds))), None


def _is_known(line: str, builds: Builds) -> bool:
    """Whether a line tells of no difference: the way in which layers say that a folder was replaced is the engine's."""
    return line.startswith("layer ") or is_known(line, "", builds.engine, builds.reference)


def _kinds(report: Iterable[str]) -> set[str]:
    """What is told of a difference apart from the paths and values."""
    return {" ".join(word for word in line.split()[:3] if not word.startswith("/")) for line in report}


def _shown(member: Member) -> str:
    match member:
        case File():
            return f"file {member.mode:o} {member.mtime} {member.data[:40]!r}"
        case Folder():
            return f"folder {member.mode:o} {member.mtime}"
        case Link():
            return f"link to {member.target}"
        case HardLink():
            return f"hard link to {member.name}"
        case _:
            return type(member).__name__.lower()


def main() -> int:
    """Compare as many seeds as asked for; 1 where something differs."""
    parser = argparse.ArgumentParser(description="Build generated Dockerfiles by Stepper and by BuildKit.")
    parser.add_argument("seeds", type=int, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--whole", action="store_true", help="show what differs as it was generated, not made smaller")
    options = parser.parse_args()
    connection, begun, different, built = connect(), time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="stepper-random-") as name:
        recipes = (generate(seed) for seed in range(options.first, options.first + options.seeds))
        for comparison in compare(connection, Path(name), recipes):
            built += 1
            print(f"\r{built} of {options.seeds}", end="", file=sys.stderr, flush=True)
            if comparison.report:
                different += 1
                found = (
                    comparison
                    if options.whole
                    else shrink(connection, Path(name) / f"{comparison.recipe.seed}", comparison)
                )
                print(f"{'=' * 100}\n{found}", flush=True)
    connection.close()
    print(f"{built} builds compared in {time.monotonic() - begun:.0f} s, {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
