"""The arrow tests can fail: each kind of violation, planted, is found."""

import pytest

from tests.rooms.arrows import differences, drawn
from tests.rooms.python import package_arrows
from tests.rooms.rust import code, crate_arrows, heads, seam_arrows

PAGE = """
<!-- arrows: rust -->
| room | may use | what it is |
|---|---|---|
| `state` | nothing | the spine |
| `kernels` | `state` | the work |

<!-- arrows: python -->
| room | may use |
|---|---|
| `logsumexp` | `logsumexp._rust` |
| `logsumexp._rust` | nothing |
| `logsumexp.cli` | `logsumexp` |
"""


@pytest.fixture
def crate(tmp_path):
    source = tmp_path / "lse" / "src"
    (source / "kernels").mkdir(parents=True)
    (source / "lib.rs").write_text("mod kernels;\nmod state;\npub use state::{Pair, State};\n")
    (source / "state.rs").write_text("pub struct State;\n")
    (source / "kernels" / "fold.rs").write_text("use crate::state::State;\n")
    return source


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "logsumexp"
    (folder / "cli").mkdir(parents=True)
    (folder / "__init__.py").write_text("from logsumexp._rust import softmax\n")
    (folder / "cli" / "__init__.py").write_text("import logsumexp as lse\n")
    return folder


def check_crate(crate):
    return differences(drawn(PAGE, "rust"), crate_arrows(crate))


def check_package(package):
    table = drawn(PAGE, "python")
    return differences(table, package_arrows(package, table))


def test_true_pictures_pass(crate, package):
    assert check_crate(crate) == []
    assert check_package(package) == []


@pytest.mark.parametrize(
    "line",
    [
        "use crate::kernels::fold;",
        "use crate::{kernels::{fold, naive}};",
        "use super::kernels;",
        "fn f() { crate::kernels::fold::run() }",
        'fn f() -> &\'static str { "//" } use crate::kernels::fold;',
        '// a "quoted remark\nuse crate::kernels::fold;',
    ],
)
def test_forbidden_arrow_in_rust(crate, line):
    (crate / "state.rs").write_text(line)
    assert check_crate(crate) == ["`state` uses `kernels`: forbidden"]


@pytest.mark.parametrize(
    "line",
    [
        "// use crate::kernels::fold;",
        "/* use crate::kernels::fold; */",
        'const WORD: &str = "crate::kernels";',
        "#[cfg(test)]\nmod tests { use crate::kernels::fold; }",
        "macro_rules! m { () => { $crate::kernels } }",
    ],
)
def test_what_is_no_arrow_in_rust(crate, line):
    (crate / "state.rs").write_text(line)
    assert check_crate(crate) == []


def test_stale_row_in_rust(crate):
    (crate / "kernels" / "fold.rs").write_text("")
    assert check_crate(crate) == ["`kernels` may use `state`, and does not: stale"]


def test_room_without_row_and_row_without_room(crate):
    (crate / "state.rs").rename(crate / "spine.rs")
    assert check_crate(crate) == [
        "`spine` exists and has no row",
        "`state` has a row and no source",
        "`kernels` may use `state`, and does not: stale",
    ]


def test_seam_looks_through_exports_and_names_python(crate, tmp_path):
    seam = tmp_path / "seam"
    seam.mkdir()
    (seam / "lib.rs").write_text('use lse::State;\nfn f() { import("logsumexp.adapters") }\n')
    assert seam_arrows(seam, crate) == {"state", "logsumexp.adapters"}


@pytest.mark.parametrize(
    "line",
    [
        "import logsumexp._rust",
        "from logsumexp import _rust",
        "from logsumexp._rust import softmax",
        "from .. import _rust",
        "from .._rust import softmax",
        "def f():\n    import logsumexp._rust",
        "import importlib\nimportlib.import_module('logsumexp._rust')",
    ],
)
def test_forbidden_arrow_in_python(package, line):
    (package / "cli" / "table.py").write_text(f"import logsumexp\n{line}\n")
    assert check_package(package) == ["`logsumexp.cli` uses `logsumexp._rust`: forbidden"]


def test_stale_row_and_new_room_in_python(package):
    (package / "cli" / "__init__.py").write_text("import numpy\n")
    (package / "plots.py").write_text("")
    assert check_package(package) == [
        "`logsumexp.plots` exists and has no row",
        "`logsumexp.cli` may use `logsumexp`, and does not: stale",
    ]


def test_tables_that_cannot_be_read():
    with pytest.raises(ValueError, match="no line"):
        drawn(PAGE, "fortran")
    with pytest.raises(ValueError, match="two rows"):
        drawn(PAGE.replace("`kernels` |", "`state` |"), "rust")
    with pytest.raises(ValueError, match="backticks"):
        drawn(PAGE.replace("| `state` | the", "| state | the"), "rust")


def test_heads_of_nested_paths():
    text = "use crate::{a::{b, c::d}, e as f, g};"
    assert list(heads(code(text), "crate")) == ["a", "e", "g"]
