"""Generated Dockerfiles give the same image as BuildKit. `make random SEEDS=200` builds more of them."""

import pytest

from stepper.engine.connect import Connection
from tests.parity.generator import generate
from tests.parity.random_builds import Comparison, compare

pytestmark = pytest.mark.engine

SEEDS = range(12)
"""As many as take some 30 s."""


@pytest.fixture(scope="module")
def comparisons(
    engine: Connection, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[int, Comparison]:
    """What came of the seeds that are asked for."""
    asked_for = {item.name for item in request.session.items if item.path == request.path}
    recipes = [generate(seed) for seed in SEEDS if any(name.endswith(f"[{seed}]") for name in asked_for)]
    return {found.recipe.seed: found for found in compare(engine, tmp_path_factory.mktemp("random"), recipes)}


@pytest.mark.buildkit
@pytest.mark.parametrize("seed", SEEDS)
def test_a_generated_dockerfile_gives_the_image_that_buildkit_builds(
    seed: int, comparisons: dict[int, Comparison]
) -> None:
    found = comparisons[seed]
    assert not found.report, f"{found}\n--- a smaller one: make random SEEDS=1 FIRST={seed}"


def test_a_seed_always_gives_the_same_build() -> None:
    assert [generate(seed) for seed in range(20)] == [generate(seed) for seed in range(20)]
