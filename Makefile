# make demo   install what is needed, place real calls through a gateway on this machine, show what happened
# make run    the same set-up, then stay up
# make test   the same set-up, then every test that needs no special hardware: first those that only take time, side by
#             side, then those that place calls; one summary of both (tests/run.py; `pytest` runs them one by one)
# make bench  speed and memory, as tables
# make live   the scripted calls of the shipped flows over real SIP and RTP (about a quarter of an hour)
# make conservation  ten thousand calls with every fault, and nobody lost
# make long   the tests that are longer than half a minute each
# make hunt   the property tests with twenty times the examples, at random (HUNT=20; about half an hour on two processors)
# make soak   ten thousand calls, and the memory as they go (ten minutes)
# make dtmf-grid, make talkoff, make vad: accuracy of the detectors beside their peers; make fuzz: a minute a C function
# make lint   ruff and mypy

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SITE   ?= firmware_config/site.example
STATE  ?= build/state
HUNT   ?= 20

# What the box itself needs, what the demo's far ends are, what the tests measure against.
PACKAGES_BOX  := gcc libc6-dev python3-dev python3-venv espeak-ng espeak-ng-data mosquitto
PACKAGES_DEMO := sip-tester baresip-core mosquitto-clients
PACKAGES_TEST := nftables openssl clang libclang-rt-14-dev libspandsp-dev libtiff-dev valgrind asterisk-core-sounds-en-wav \
                 asterisk-moh-opsound-wav gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user graphviz
PACKAGES_TALKOFF := asterisk-core-sounds-es-wav asterisk-core-sounds-fr-wav asterisk-core-sounds-it-wav \
                 asterisk-core-sounds-ru-wav

NATIVE := $(wildcard native/*.c native/*.h native/build.py) setup.py pyproject.toml

# Where it is set, every process that the tests start would compile the whole package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo run test live lint bench dtmf-grid talkoff vad fuzz conservation long hunt soak clean setup setup-test

demo: $(BIN)/.demo
	$(BIN)/gateway demo

run: $(BIN)/.demo
	@mkdir -p $(STATE)
	$(BIN)/gateway run $(SITE) --state $(STATE) --broker embedded

test: $(BIN)/.test
	$(BIN)/python -m tests.run

live: $(BIN)/.demo
	$(BIN)/gateway test $(SITE) --live

lint: $(BIN)/.test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: $(BIN)/.test
	$(BIN)/python -m tests.bench

dtmf-grid: $(BIN)/.test
	$(BIN)/python -m tests.native.dtmf_grid

talkoff: $(BIN)/.test
	@.ci/packages $(PACKAGES_TALKOFF)
	$(BIN)/python -m tests.native.talkoff

vad: $(BIN)/.test
	@.ci/packages $(PACKAGES_TALKOFF)
	$(BIN)/python -m tests.native.vad_score

fuzz: $(BIN)/.test
	$(BIN)/python -m tests.native.fuzz 60

conservation: $(BIN)/.test
	$(BIN)/python -m tests.load.conservation 10000

long: $(BIN)/.test
	$(BIN)/python -m pytest -m long

hunt: $(BIN)/.test
	HUNT=$(HUNT) $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist worksteal

soak: $(BIN)/.test
	$(BIN)/python -m tests.bench.soak

setup: $(BIN)/.demo
setup-test: $(BIN)/.test

$(BIN)/.demo: $(NATIVE) Makefile
	@.ci/packages $(PACKAGES_BOX) $(PACKAGES_DEMO)
	@.ci/venv $(PYTHON) $(VENV)
	@touch $@

$(BIN)/.test: $(BIN)/.demo
	@.ci/packages $(PACKAGES_TEST)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) build gateway/audio/_ext.* *.egg-info
