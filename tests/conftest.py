"""Settings of the whole suite: hypothesis, the worst errors in the summary, processes ended."""

import os

from hypothesis import HealthCheck, settings

from tests.helpers import scoreboard, states, worker

# The same examples on every run: a failure can be quoted, and the suite has one length.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", parent=settings.get_profile("house"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_terminal_summary(terminalreporter):
    """Print the worst errors, so that a figure can be quoted from a run."""
    report = list(scoreboard.lines())
    if report:
        terminalreporter.section("worst errors, in ulp (exact: 400 bits)")
        terminalreporter.write_line("\n".join(report))


def pytest_sessionfinish():
    worker.close_all(states.ISAS)
