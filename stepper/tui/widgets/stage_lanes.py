"""Lines that show who builds on whom, one column a lane, as a revision graph draws them. Pure.

✔ builder        a stage that others use opens a lane below its mark
│ 4 of 6
├▶ test          whoever uses it is joined to the lane from the right
└─▶ prod         the last one ends it
"""

from collections.abc import Sequence

MOST_LANES = 6
"""More columns than this are cut off at the left."""


def stage_lanes(builds_on: Sequence[Sequence[int]]) -> list[tuple[str, str]]:
    """For every stage what stands before its mark, and before a second line below it.

    `builds_on[i]` are the stages that stage i uses; those that stand later in the file are ignored.
    """
    last_user = {used: user for user, uses in enumerate(builds_on) for used in uses if used < user}
    lanes: list[int | None] = []
    rows: list[tuple[str, str]] = []
    for stage, uses in enumerate(builds_on):
        while lanes and lanes[-1] is None:
            lanes.pop()
        before = _joined(lanes, set(uses), stage, last_user)
        lanes = [lane if lane is not None and last_user[lane] > stage else None for lane in lanes]
        lanes.append(stage if stage in last_user else None)
        below = "".join(" " if lane is None else "│" for lane in lanes)
        rows.append((_cut(before, MOST_LANES), _cut(below, MOST_LANES + 1)))
    return rows


def _joined(lanes: Sequence[int | None], uses: set[int], stage: int, last_user: dict[int, int]) -> str:
    """The lanes as they come from above, joined to the mark at their right where the stage uses them."""
    pieces: list[str] = []
    joined = False
    for lane in lanes:
        if lane is None:
            pieces.append("─" if joined else " ")
        elif lane not in uses:
            pieces.append("│")
        else:
            ends = last_user[lane] == stage
            pieces.append(("┴" if ends else "┼") if joined else ("└" if ends else "├"))
            joined = True
    return "".join(pieces)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else "…" + text[1 - most :]
