# `make help` lists the targets. With no Docker engine on a Debian machine, .ci/with-engine brings one up for as long.

bin := .venv/bin
sample := sample_dockerfiles/multistage
# One engine serves them all, and more would only wait for it. The tests of a file share names of images in it.
parallel := -n auto --maxprocesses 4
SEEDS ?= 200
FIRST ?= 0

.PHONY: help run test test-fast parity parity-on random lint format bench screenshots clean venv venv-dev

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22

run: venv ## step through a multi-stage sample
	@.ci/with-engine $(bin)/stepper $(sample)

test: lint ## all checks and tests, those with an engine too
	@$(bin)/pytest $(parallel) --dist worksteal -m "not engine and not bench"
	@.ci/with-engine --docker $(bin)/pytest $(parallel) --dist loadfile -m "engine and not bench and not thorough"

test-fast: venv-dev ## the tests that need no engine
	@$(bin)/pytest $(parallel) --dist worksteal -m "not engine and not bench"

parity: venv-dev ## compare all cases with BuildKit; `make test` runs every fifth one
	@.ci/with-engine --docker $(bin)/pytest tests/parity

parity-on: venv-dev ## run the parity cases on ENGINE=unix://..., with BuildKit on REFERENCE=unix://...
	@DOCKER_HOST=$(ENGINE) STEPPER_REFERENCE_HOST=$(REFERENCE) $(bin)/pytest tests/parity -m "not buildkit"

random: venv-dev ## build SEEDS=200 random Dockerfiles with BuildKit too, from seed FIRST=0 on
	@.ci/with-engine --docker $(bin)/python -m tests.parity.random_builds $(SEEDS) --first $(FIRST)

lint: venv-dev ## format, style, types and import rules
	$(bin)/ruff format --check
	$(bin)/ruff check
	$(bin)/mypy
	$(bin)/mypy .ci/engine
	$(bin)/lint-imports

format: venv-dev ## format the code and fix what Ruff can fix
	$(bin)/ruff format
	$(bin)/ruff check --fix

bench: venv-dev ## measure against the budgets and other tools
	@.ci/with-engine --docker $(bin)/pytest -m bench tests/bench

screenshots: venv-dev ## make the screenshots anew, from real builds
	@.ci/with-engine $(bin)/python screenshots/make.py

clean: ## remove the virtual environment and all caches of the tools
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@.ci/venv

venv-dev:
	@.ci/venv dev
