# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check

.PHONY: demo test slow check fuzz clean portaudio

demo: $(VENV)/.listening
	@$(VENV)/bin/dndmood demo

# So many tests at once, on one core each: small networks learn no faster on two. A test that ends
# its process ends the run, which says which one it was: with groups, a worker that takes the
# place of another waits for ever (pytest-xdist 3.8).
WORKERS ?= 2
PYTEST = OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadgroup --max-worker-restart 0

test: $(VENV)/.everything
	@$(PYTEST) -m "not slow"

# The tests that train for minutes.
slow: $(VENV)/.everything
	@$(PYTEST) -m slow

# Half a minute of hostile input for each way in; FUZZ="--seconds 3600" for a night of it.
FUZZ ?= --seconds 30
fuzz: $(VENV)/.fuzzing
	@$(VENV)/bin/python -m tests.fuzz $(FUZZ)

check: $(VENV)/.everything
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	PYTHONPATH=train $(VENV)/bin/lint-imports
	$(VENV)/bin/codespell dndmood train tests playlists README.md

clean:
	rm -rf $(VENV)

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "dndmood needs Python 3.11 or newer: try 'make demo PYTHON=python3.12'."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  sh tests/assets/apt.sh python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.listening: pyproject.toml constraints.txt | $(VENV)/bin/pip portaudio
	@echo "Installing what dndmood needs into $(VENV) ..."
	@$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.everything: pyproject.toml constraints.txt | $(VENV)/bin/pip portaudio
	@echo "Installing what dndmood, its training and its tests need into $(VENV) ..."
	@$(PIP) install -q -c constraints.txt -e '.[train,dev]'
	@touch $@ $(VENV)/.listening

$(VENV)/.fuzzing: $(VENV)/.everything
	@$(PIP) install -q -c constraints.txt -e '.[fuzz]'
	@touch $@

# The Linux package of sounddevice comes without PortAudio. Without it everything but
# microphone and speaker works, so a failure here is told and not fatal.
portaudio:
	@case "$$(uname)" in Linux) \
	  ldconfig -p 2>/dev/null | grep -q libportaudio || /sbin/ldconfig -p 2>/dev/null | grep -q libportaudio || \
	  sh tests/assets/apt.sh libportaudio2 || true;; esac
