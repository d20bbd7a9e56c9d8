"""Small random Dockerfiles with their build contexts: the same ones for the same seed, everywhere.

What they hold is in `generator_grammar` (instructions), `generator_script` (commands of RUN), `generator_tree`
(contexts, archives, ignore files) and `generator_words` (how words are written).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from tests.parity.case import Case
from tests.parity.generator_files import Kind
from tests.parity.generator_grammar import GRAMMAR, Block, Stage
from tests.parity.generator_tree import context, files_of, ignore_file
from tests.parity.generator_words import VARIABLES
from tests.parity.trees import File, HardLink, Tree


@dataclass(frozen=True)
class Recipe:
    """A generated build, in pieces that can be left out one by one."""

    seed: int
    blocks: tuple[Block, ...]
    tree: Tree = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    build_args: Mapping[str, str] = field(default_factory=dict)

    @property
    def dockerfile(self) -> str:
        """The Dockerfile's text."""
        return "".join(block.text for block in self.blocks)

    def case(self, suffix: str = "") -> Case:
        """As a case of the parity suite."""
        return Case(
            f"random-{self.seed}{suffix}",
            self.dockerfile,
            self.tree,
            build_args=self.build_args,
            ignored=self.ignored,
        )

    def block_at(self, line: int) -> int | None:
        """Which of the blocks a line of the Dockerfile belongs to."""
        end = 0
        for index, block in enumerate(self.blocks):
            end += block.text.count("\n")
            if line <= end:
                return index
        return None

    def without_block(self, index: int) -> "Recipe":
        """The same without one instruction."""
        return replace(self, blocks=self.blocks[:index] + self.blocks[index + 1 :])

    def smaller(self) -> Iterator["Recipe"]:
        """The same with less in it, by one piece each time, the largest pieces first."""
        yield from self._without_stages()
        for index in reversed(range(len(self.blocks))):
            if not self.blocks[index].start.startswith("FROM"):
                yield self.without_block(index)
        for index, block in enumerate(self.blocks):
            for part in range(len(block.parts)) if len(block.parts) > 1 else ():
                less = replace(block, parts=block.parts[:part] + block.parts[part + 1 :])
                yield replace(self, blocks=(*self.blocks[:index], less, *self.blocks[index + 1 :]))
        linked = {member.name for member in self.tree.values() if isinstance(member, HardLink)}
        for path in [path for path in self.tree if path not in linked]:
            yield replace(self, tree={name: member for name, member in self.tree.items() if name != path})

    def _without_stages(self) -> Iterator["Recipe"]:
        starts = [index for index, block in enumerate(self.blocks) if block.start.startswith("FROM")]
        for start, end in zip(starts, [*starts[1:], len(self.blocks)], strict=True):
            if len(starts) > 1:
                yield replace(self, blocks=self.blocks[:start] + self.blocks[end:])


def generate(seed: int) -> Recipe:
    """The build of a seed. Most of them succeed; where one does not, BuildKit says so."""
    random = Random(seed)
    tree = context(random)
    files = files_of(tree)
    archives = tuple(path for path in tree if path.startswith("archive.tar"))
    ignored: tuple[str, ...] = ()
    # The request's body could hold no other name of a file that is kept out.
    if random.random() < 0.2 and not any(isinstance(member, HardLink) for member in tree.values()):
        text, ignored = ignore_file(random, tree)
        tree[".dockerignore"] = File(text)
        for path in ignored:
            files.remove(f"/{path}")
    build_args = {name: VARIABLES[name] for name in VARIABLES if random.random() < 0.2}
    stages: list[Stage] = []
    blocks: list[Block] = []
    for number in range(random.choice((1, 2, 2, 3, 4))):
        stage = Stage(random, number, files, tuple(name for name in archives if name not in ignored), tuple(stages))
        blocks += _start(stage)
        blocks += _instructions(stage)
        stages.append(stage)
    return Recipe(seed, tuple(blocks), tree, ignored, build_args)


def _start(stage: Stage) -> list[Block]:
    """FROM, and something to begin with."""
    base = stage.random.choice(stage.earlier) if stage.earlier and stage.chance(0.35) else None
    if base is not None:
        stage.files, stage.variables = base.files.copy(), list(base.variables)
        stage.has_shell, stage.plain_shell = base.has_shell, base.plain_shell
        return [Block(f"FROM {base.name} AS {stage.name}")]
    if stage.chance(0.2) and stage.number:
        stage.has_shell = False
        return [Block(f"FROM scratch AS {stage.name}\nCOPY <<EOF /made\nmade\nEOF")]
    for folder in ("/data", "/opt"):
        stage.files.put(folder, Kind.FOLDER)
    return [
        Block(f"FROM busybox AS {stage.name}"),
        Block(f"ENV V={VARIABLES['V']} N={VARIABLES['N']}"),
        Block("RUN ", ("mkdir /data /opt", "true")),
    ]


def _instructions(stage: Stage) -> Iterator[Block]:
    weights, makers = [weight for weight, _ in GRAMMAR], [maker for _, maker in GRAMMAR]
    for _ in range(stage.random.randint(2, 8)):
        block = stage.random.choices(makers, weights)[0](stage)
        if block is not None:
            yield block
