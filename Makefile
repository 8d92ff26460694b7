# Everything sets itself up: `make demo` and `make test` need Python 3.11 or newer, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 2 --constraint constraints.txt

# where this is set, each process of the stories compiles all of them anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo run test check lint types contracts slow page words screenshots head bench chaos pin clean

help:  ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.local  ## A Slack in a box in your browser, and two real models on this machine
	@exec $(BIN)/python -m bot demo

run: $(VENV)/.core  ## Serve a real Slack workspace (settings: .env.example)
	@exec $(BIN)/python -m bot run

test: $(VENV)/.dev  ## The stories: no weights, no browser, no network
	$(BIN)/python -m pytest --numprocesses 2

check: lint types contracts test slow  ## Everything that CI checks

lint: $(VENV)/.dev  ## Style and likely mistakes (ruff)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev $(VENV)/.browser  ## Types (mypy, strict)
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## Who may import whom (import-linter)
	$(BIN)/lint-imports

slow: $(VENV)/.dev $(VENV)/.local $(VENV)/.browser $(VENV)/.topics chromium  ## PostgreSQL, killed processes, real weights, Chromium
	$(BIN)/python -m pytest -m "slow or browser or postgres" --timeout 300 --numprocesses 4
	$(BIN)/python -m pytest -m chaos --timeout 400 --numprocesses 2 tests/chaos

page: $(VENV)/.dev $(VENV)/.browser chromium  ## The page in Chromium only
	$(BIN)/python -m pytest -m browser

words: $(VENV)/.dev  ## Bring the catalogues of other languages up to the code
	$(BIN)/python -m tests.catalogues

screenshots: $(VENV)/.dev $(VENV)/.local $(VENV)/.browser chromium  ## The pictures in the README, of a real duel
	$(BIN)/python -m tests.browser.screenshots

head: $(VENV)/.dev $(VENV)/.topics  ## Learn topics from training/prompts.tsv anew, into bot/topic_head.npz
	$(BIN)/python -m training

bench: $(VENV)/.dev  ## What streams, votes, jobs and standings cost, beside what they are compared with: about 15 minutes
	$(BIN)/python -m bench

chaos: $(VENV)/.dev  ## Ten minutes of trouble for the real program, then a comparison with what people did
	$(BIN)/python -m tests.chaos

pin: $(VENV)/.dev $(VENV)/.local $(VENV)/.browser $(VENV)/.topics  ## Write the installed versions down in constraints.txt
	$(BIN)/python -m pip freeze --exclude-editable | grep '==' > constraints.txt

clean:  ## Remove what the targets above have made here
	rm -rf $(VENV) build *.egg-info .*_cache .hypothesis

# a mark at the end: whoever was stopped half-way begins again
$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make demo PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Duel needs Python 3.11 or newer, and $(PYTHON) is older. Name a newer one: make demo PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. Install it (Debian and Ubuntu: apt install python3-venv), then run make again." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) && touch $@ || { rm -rf $(VENV); echo "The virtual environment could not be made: the reason stands above. Check that this folder can be written and the disk has room." >&2; exit 1; }

$(VENV)/.core: EXTRA :=
$(VENV)/.local: EXTRA := [local]
$(VENV)/.dev: EXTRA := [dev,postgres]
$(VENV)/.browser: EXTRA := [browser]
$(VENV)/.topics: EXTRA := [topics]
$(VENV)/.core $(VENV)/.local $(VENV)/.dev $(VENV)/.browser $(VENV)/.topics: pyproject.toml constraints.txt | $(VENV)/.made
	@echo "Installing what Duel needs$(EXTRA) into $(VENV) …" >&2
	@$(PIP) --editable '.$(EXTRA)' || { echo "The packages could not be installed: the reason stands above. Check the network (and a proxy) and the room on the disk, then run make again." >&2; exit 1; }
	@touch $@

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji >/dev/null; } || { echo "The page tests need Chromium. Install it (Debian and Ubuntu: apt install chromium), then run make again." >&2; exit 1; }
