# `make demo` shows Regent at work, `make test` checks it. Both set everything up first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup demo test slow lint types imports synth defects check bench questions package deploy-local lock clean evaluations learn

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(READY) ## A virtual environment with locked dependencies

$(READY): requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@grep -A400 '^uv==' requirements.txt | awk 'NR>1 && /^[a-z]/{exit} {print}' > $(VENV)/uv.txt
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r $(VENV)/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip uninstall --quiet --python $(BIN)/python pip setuptools # what is not locked is not there
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline -e .
	@$(BIN)/python -m agents.cli.warm
	@touch $(READY)

demo: setup ## Three questions on the sample estate, with receipts, and the ledger verified
	@$(BIN)/regent demo

test: setup ## The default test suite; three workers, since tests wait for processes and time limits
	@$(BIN)/python -m pytest -m "not slow" -n 3 --dist loadfile --durations 10

slow: setup ## The slow tests
	@$(BIN)/python -m pytest -m slow -n 3 --dist loadfile --durations 15

lint: setup ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## mypy --strict
	@$(BIN)/mypy

imports: setup ## The import direction between the rooms
	@$(BIN)/lint-imports

synth: setup ## The cloud assembly in cdk.out, refused when a check finds anything
	@$(BIN)/python -m infra.app
	@$(BIN)/python -m infra.check

defects: setup ## Seeded defects in the templates, and what catches each
	@$(BIN)/python -m tests.infra.defects

check: test lint types imports synth slow ## Everything that CI holds

package: setup ## The runtime as one arm64 zip, built without Docker, with its SBOM
	@$(BIN)/python -m infra.packaging

deploy-local: setup ## Deploy into an emulator of AWS with the real CDK CLI, ask it, and prove what can be proven
	@$(BIN)/python -m tests.deploy

bench: setup ## Performance, side by side, with the physical limits
	@$(BIN)/python -m tests.bench

evaluations: setup ## Every evaluation suite, and its result as evidence in tests/evaluations/
	@$(BIN)/python -m tests.evaluations

questions: setup ## The question bank: `make questions MODEL=offline`
	@$(BIN)/python -m tests.questions --model $(or $(MODEL),offline)

learn: setup ## The offline model's weights, from the labelled questions and conversations (minutes)
	@$(BIN)/python -m tests.agents.models.train_intents
	@$(BIN)/python -m tests.questions.train_ranking

lock: ## Lock the dependencies anew, with hashes and without index addresses
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command 'make lock' requirements/requirements.in requirements/dev.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command 'make lock' -c requirements.txt \
		requirements/runtime.in -o requirements/runtime.txt

clean: ## Remove the virtual environment and caches
	@rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
