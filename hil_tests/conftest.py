"""Options and the box under test. Without `--target` every test of the bench is skipped, and says so by name."""

from __future__ import annotations

import pytest

from hil_tests.bench import Bench
from hil_tests.facts import Facts
from hil_tests.ua import parse_target


def pytest_addoption(parser):
    group = parser.getgroup("bench", "hardware in the loop")
    group.addoption("--target", help="the box's test number: sip:NUMBER@HOST or sip:NUMBER@HOST:PORT")
    group.addoption("--mqtt", help="HOST:PORT of the broker to which the box publishes (asks for mosquitto_sub)")
    group.addoption("--topic", default="gateway", help="first level of the box's topics (default: gateway)")


def pytest_report_header(config):
    target = config.getoption("--target")
    return f"box under test: {target}" if target else "box under test: none (give --target sip:NUMBER@HOST)"


@pytest.fixture(scope="session")
def target(request):
    """The address of the box's test number."""
    given = request.config.getoption("--target")
    if not given:
        pytest.skip("no box: give --target sip:NUMBER@HOST, the test number of a box that is up")
    try:
        parse_target(given)
    except ValueError as error:
        pytest.exit(f"--target: {error}", returncode=2)
    return given


@pytest.fixture
def bench(target):
    """A call to the test number that is up."""
    with Bench(target) as bench:
        yield bench


@pytest.fixture
def facts(request, target):
    """What the box publishes while the test runs."""
    del target
    given = request.config.getoption("--mqtt")
    if not given:
        pytest.skip("no broker: give --mqtt HOST:PORT to see which keys the box understood")
    with Facts(given, request.config.getoption("--topic")) as facts:
        yield facts
