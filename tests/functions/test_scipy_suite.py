"""scipy's own tests of logsumexp, softmax and log_softmax, all of them, from the installed wheel, against ours.

They run in a process of their own, where a plugin puts our functions under the names that the test
module calls; it also counts the calls, so that a run that never reached us cannot pass.
"""

import os
import subprocess
import sys

from tests.helpers.peers import peer

SUITE = "scipy.special.tests.test_logsumexp"

PLUGIN = """
import collections
import importlib

import logsumexp as lse

NAMES = ("logsumexp", "softmax", "log_softmax")
calls, outcomes = collections.Counter(), collections.Counter()


def counted(name):
    def function(*arguments, **keywords):
        calls[name] += 1
        return getattr(lse, name)(*arguments, **keywords)

    return function


def pytest_collection_finish(session):
    module = importlib.import_module("scipy.special.tests.test_logsumexp")
    for name in NAMES:
        assert getattr(module, name).__module__.startswith("scipy.special"), name
        setattr(module, name, counted(name))


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        outcomes[report.outcome] += 1


def pytest_terminal_summary(terminalreporter):
    pairs = [f"{name}={count}" for name, count in [*outcomes.items(), *calls.items()]]
    terminalreporter.write_line("COUNTS " + " ".join(pairs))
"""

INI = """
[pytest]
addopts = -p no:cacheprovider
markers =
    array_api_backends: of scipy
"""


def test_all_of_scipys_tests_pass(tmp_path):
    peer("scipy")
    (tmp_path / "replace_by_ours.py").write_text(PLUGIN)
    (tmp_path / "pytest.ini").write_text(INI)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""}
    environment.pop("SCIPY_ARRAY_API", None)  # scipy then tests the NumPy backend only
    command = [sys.executable, "-m", "pytest", "-q", "-p", "replace_by_ours", "-c", "pytest.ini"]
    run = subprocess.run(
        [*command, "--pyargs", SUITE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    report = run.stdout[-6000:] + run.stderr[-2000:]
    counts = [line for line in run.stdout.splitlines() if line.startswith("COUNTS ")]
    assert counts, report
    counts = {
        name: int(count)
        for name, _, count in (pair.partition("=") for pair in counts[0].split()[1:])
    }
    assert run.returncode == 0, report
    assert counts.get("failed", 0) == 0, report
    assert counts.get("passed", 0) > 100, report
    assert counts["logsumexp"] > 50
    assert counts["softmax"] > 5
    assert counts["log_softmax"] > 5
