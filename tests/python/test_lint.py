"""The checks of ./dev lint find what they are for."""

import re
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tools" / "lint"))

import headers  # noqa: E402
import includes  # noqa: E402
import layers  # noqa: E402
import names  # noqa: E402
from finding import rows  # noqa: E402


@pytest.fixture
def layer_findings(monkeypatch):
    def check(path: str, included: str) -> list[str]:
        monkeypatch.setattr(layers, "includes_of", lambda _: [(1, included)])
        return [finding.message for finding in layers.check_layers([path])]

    return check


def test_front_may_not_include_engine(layer_findings):
    assert layer_findings("src/front/connect/service.cc", "engine/types.h") == ["front may not include engine/types.h"]


def test_only_engine_includes_duckdb(layer_findings):
    assert layer_findings("src/plan/plan.cc", "duckdb.hpp") == ["only engine may include duckdb.hpp"]
    assert layer_findings("src/engine/engine.cc", "duckdb.hpp") == []


def test_a_new_folder_needs_a_row(layer_findings):
    assert "not a room" in layer_findings("src/novelty/novelty.cc", "base/result.h")[0]


def test_ranks_forbid_circles():
    findings = layers.check_ranks({"low": (0, ["high"]), "high": (1, ["low"])})
    assert [finding.message for finding in findings] == ["low (rank 0) uses high, which is not below it"]


def test_names_that_say_nothing():
    assert names.check_names(["src/base/result.h"]) == []
    assert names.check_lines("src/base/x.h", ["class StringUtils {"])
    assert names.check_lines("docs/x.md", ["see /" + "work/main"])
    assert not names.check_lines("docs/x.md", ["see build/work/main and https://example.org/work/x"])


def test_heavy_rooms_keep_their_precompiled_header():
    command = ["g++", "-include", "pch.hxx", "-Winvalid-pch", "-I", "src"]
    assert headers.light(command, "src/engine/types.h") == command
    assert headers.light(command, "src/base/result.h") == ["g++", "-I", "src"]


def test_includes_are_read_from_text():
    assert "src/base/result.h" in includes.reachable("src/base/result.cc")


def test_the_map_and_the_table_of_rooms_agree():
    """docs/architecture.md shows the rows of layers.tsv for every room that exists."""
    shown = {}
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| (\d) \| `(\w+)` \|.*\| ([^|]*) \|$", line):
            rank, room, uses = match.groups()
            shown[room] = (rank, set() if uses == "nothing of ours" else set(uses.replace(" ", "").split(",")))
    existing = {folder.name for folder in (ROOT / "src").iterdir() if folder.is_dir()}
    table = {row[1]: (row[0], set(row[2].split()) if len(row) == 3 else set()) for row in rows("layers.tsv")}
    assert set(shown) == existing
    for room, (rank, uses) in shown.items():
        assert rank == table[room][0]
        assert uses == ({"everything"} if table[room][1] == {"*"} else table[room][1] & existing), room
