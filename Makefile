# The one door. Needs python3.11 and make; everything else is installed into .venv from requirements.lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
UV_VERSION := 0.13.9
FROM ?=
TO ?=
Q ?=
# What looks or stops needs no newer version than the one that is there: after a `git pull`, or without a package index.
INSTALLED := $(if $(wildcard .venv/bin/claimwire),,install)

.PHONY: help install run test up down backfill sql status verify eval bench day hostile e2e lint lock clean

help:  ## show this
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.boot/bin/uv:
	@command -v $(PYTHON) >/dev/null || { echo "claimwire needs Python 3.11: install python3.11, or say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing (once) ..."
	@$(PYTHON) -m venv .boot
	@.boot/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) 2>&1 | grep -v '^WARNING: Location' || true
	@test -x $@

.venv/installed: .boot/bin/uv requirements.lock pyproject.toml
	@test -x .venv/bin/python || .boot/bin/uv venv --quiet --python "$$(command -v $(PYTHON))" .venv
	@.boot/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock
	@.boot/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

install: .venv/installed  ## install into .venv

run: install  ## read the bundled days, publish, tell; LIVE=1: live feeds
ifneq ($(filter-out 0 no,$(LIVE)),)
	@CLAIMWIRE_LIVE=1 CLAIMWIRE_PAGES_PER_SOURCE=$${CLAIMWIRE_PAGES_PER_SOURCE:-3} .venv/bin/python -m dags run poll
else
	@.venv/bin/python -m dags run ingest poll --from 2017-06-08 --to 2017-06-13
endif
	@.venv/bin/claimwire summary

test: install lint  ## everything: style, types, tests
	@.venv/bin/python -m pytest --numprocesses 2 --dist loadgroup

lint: install
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet . && .venv/bin/mypy --no-error-summary

up: install  ## start Airflow, till make down; DETACH=1 returns, LIVE=1 feeds
	@.venv/bin/python -m dags up $(if $(filter-out 0 no,$(DETACH)),--detach) $(if $(filter-out 0 no,$(LIVE)),--live)

down: $(INSTALLED)  ## stop Airflow
	@.venv/bin/python -m dags down

backfill: install  ## take the days FROM= to TO= again, by Airflow if it runs
	@.venv/bin/python -m dags backfill --from "$(FROM)" --to "$(TO)"

sql: $(INSTALLED)  ## ask the warehouse: make sql Q="select * from daily_summaries"
	@.venv/bin/claimwire sql $(if $(Q),"$(Q)")

status: $(INSTALLED)  ## what is wrong, pending, failed; how long the disk lasts
	@.venv/bin/claimwire status

verify: $(INSTALLED)  ## whether the ledger is as it was written
	@.venv/bin/claimwire verify

e2e: install  ## Airflow itself: schedule, backfill, kills; compose; 15 minutes
	@.venv/bin/python -m pytest tests/e2e/e2e_*.py

bench: install  ## what it costs, as ratios; 25 minutes; fills the README
	@.venv/bin/python -m tests.bench

day: install  ## a simulated day of polling 500 feeds; fills the README
	@.venv/bin/python -m tests.measuring.day_polled

hostile: install  ## what becomes of 2,000 hostile pages and feeds
	@.venv/bin/python -m tests.hostile

eval: install  ## accuracy on measuring data, where it is there
	@.venv/bin/python -m tests.evaluate

lock: .boot/bin/uv  ## resolve requirements.lock anew
	@.boot/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--extra dev --extra postgres pyproject.toml -o requirements.lock

clean:  ## remove what was installed; data/ stays
	@rm -rf .boot .venv
