# make demo [LANGUAGE=en] [STAY=1]   two clubs and a contractor agree, on a real homeserver
# make test [PYTEST="-k bookings"]   all tests, or those that pytest is told
# make chaos [SEED=1 KILLS=60]       kill the bot again and again, and see that nothing is lost and nothing said twice
# make chaos DATABASE=postgresql     the same with two bots on PostgreSQL: one stands by, and takes over
# make fuzz [SEED=1 MESSAGES=50000]  read messages that cost much, and measure the time of each
# make lint                          formatting, types, and who may import whom
# make lock                          the newest versions of everything into constraints.txt and requirements.lock
# make clean                         away with everything that make made
# Each needs Python 3.11 or newer and makes .venv by itself; PYTHON=/path/to/python chooses one.

# Not "?=": many shells carry a LANGUAGE of their own, which means something else.
LANGUAGE = da
STAY =
PYTEST =
# Many tests wait for servers, so one file more than there are cores is run at once; each process has servers of its own.
# In the order of their names: by the number of their tests, the files that take longest would come last.
AT_ONCE = -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# COMMANDS and AWAY are at least so many commands, and messages said while the bot is off.
SEED = 1
KILLS = 60
ROOMS = 4
COMMANDS = 1000
AWAY = 5000
DATABASE = sqlite

# The same everywhere, whatever language the machine speaks and whatever its user has set up for Python.
export PYTHONUTF8 = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX VIRTUAL_ENV LANGUAGE PYTEST STAY SEED KILLS ROOMS COMMANDS AWAY DATABASE

.PHONY: help demo test chaos fuzz lint lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo:
	@.ci/install demo
	@.venv/bin/bylaug demo --language '$(LANGUAGE)' $(if $(filter-out 0,$(STAY)),--stay)

test:
	@.ci/install test
	@.venv/bin/python -m pytest $(AT_ONCE) $(PYTEST)

chaos:
	@.ci/install test
	@.venv/bin/python tests/chaos/run.py --seed $(SEED) --kills $(KILLS) --rooms $(ROOMS) --commands $(COMMANDS) --away $(AWAY) \
		--database '$(DATABASE)'

fuzz:
	@.ci/install test
	@FUZZ_SEED=$(SEED) FUZZ_MESSAGES=$(or $(MESSAGES),50000) .venv/bin/python -m pytest -q tests/pipeline/test_reading_time.py

lint:
	@.ci/install lint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m pytest -q tests/structure

lock:
	@.ci/install demo
	@.ci/lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	find bot tests -name __pycache__ -prune -exec rm -rf {} +
