# Every target says what it is for: make help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DEMO ?= .demo
MUSIC ?= $(wildcard ../shared/data/audio/catalogue)
JUDGED ?= build/judged/kin
CORPORA ?= $(wildcard ../shared/data/audio/emotify/manifest.csv ../shared/data/audio/quadrants/manifest.csv ../shared/data/audio/moods/manifest.csv)
# other corpora make another bundle: it has other terms, and neither it nor its figures take the place of the shipped
OURS := $(filter file,$(origin CORPORA))
BUNDLE ?= $(if $(OURS),embedder/bundles/kin,build/bundles/own)
LICENCE ?= $(if $(OURS),embedder/bundles/kin/LICENSE)
PAGE ?= $(if $(OURS),docs,build)/evaluation.md
SERVING := $(VENV)/.serving
ALL := $(VENV)/.all

.DEFAULT_GOAL := help
.PHONY: help setup demo check test test-slow format lint types contracts unit train ablation evaluate bench golden lock check-compose services clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; call make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python lacks venv: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(SERVING): pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing what serving needs (about a minute)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --progress-bar on -c constraints.txt -e '.[api,worker]'
	@touch $@

$(ALL): pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing everything, training included (a few minutes)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --progress-bar on -c constraints.txt -e '.[api,worker,train,dev]'
	@touch $@ $(SERVING)

setup: $(ALL) ## install api, worker, train and dev into .venv

demo: $(SERVING) ## from nothing to recommendations (MUSIC=folder, ARGS=--once)
	@$(BIN)/soundkin demo --home $(HOME_DEMO) $(if $(MUSIC),--music "$(MUSIC)") $(ARGS)

check: format-check lint types contracts unit ## format, lint, types, contracts, unit tests: under a minute

.PHONY: format-check
format-check: $(ALL)
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }

format: $(ALL) ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(ALL) ## lint
	@$(BIN)/ruff check .

types: $(ALL) ## strict types
	@$(BIN)/mypy

contracts: $(ALL) ## import contracts: dependencies point down
	@$(BIN)/lint-imports

unit: $(ALL) ## unit and architecture tests
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m "not service and not slow" tests/unit tests/architecture

services: ## install redis-server and postgresql where they are missing (needs root and apt)
	@bash tests/install-services

test: $(ALL) services ## unit, contract, and one real path through each service
	@$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered -m "not slow" tests

test-slow: $(ALL) services ## what takes longer
	@$(BIN)/pytest -n 2 --dist loadgroup -m slow

.PHONY: corpora
corpora:
	@test -n "$(CORPORA)" || { echo 'no corpora here: give CORPORA="manifest.csv ..."'; exit 2; }

train: $(ALL) corpora ## train the shipped bundle and write docs/evaluation.md (CORPORA="a.csv b.csv")
	@$(BIN)/soundkin train $(CORPORA) --home build --out $(BUNDLE) --judged $(JUDGED) --report build/training $(if $(LICENCE),--license $(LICENCE))
	@mkdir -p $(dir $(PAGE))figures && cp build/training/curves.png build/training/labels.json $(dir $(PAGE))figures/
	@$(MAKE) --no-print-directory evaluate

ablation: $(ALL) corpora ## what each part of the recipe is worth: an hour or two, goes on where it stopped
	@$(BIN)/soundkin ablate $(CORPORA) --home build -o docs/figures/ablation.json

evaluate: $(ALL) corpora ## write docs/evaluation.md: JUDGED, a bundle that has not heard all, beside the seed's
	@$(BIN)/soundkin evaluate $(CORPORA) $(wildcard ../shared/data/audio/catalogue/manifest.csv) --bundle $(JUDGED) --beside embedder/bundles/seed $(foreach round,$(wildcard $(JUDGED)-[0-9]),--round $(round)) --home build --write $(PAGE) || test $$? -eq 1 # 1: a recording was left out, and named

bench: $(ALL) ## measure against librosa, Keras and TensorFlow (ONLY=subject); also writes build/bench.json
	@$(BIN)/python -m benchmarks $(foreach name,$(ONLY),--only $(name))

golden: $(ALL) ## rewrite the golden files (review the diff)
	@$(BIN)/pytest -q tests/unit --update-golden -k golden

lock: $(ALL) ## write constraints.txt from what is installed
	@bash docker/lock

check-compose: ## validate docker-compose.yml (no engine needed)
	@bash tests/check-compose

clean: ## remove what the build made, not what it installed
	@rm -rf build .demo .pytest_cache .mypy_cache .ruff_cache .coverage*
