"""Every `--help` teaches: what it does in both languages, and how one writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from services.cli import COMMANDS, main
from tests.support.sanzi import sanzi

CONTRACT = Path(__file__).parents[3] / "graphql" / "schema.graphql"


def paths(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from paths(command, (*above, name))


ALL = list(paths(main))


def test_the_program_shows_its_commands_without_loading_them() -> None:
    done = sanzi("--help")
    assert done.status == 0
    assert done.err == ""
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", done.out, re.MULTILINE), name
        assert re.search(r"[一-鿿].* / [A-Z]", line)
    assert "示例 / Examples" in done.out


def test_all_commands_are_known() -> None:
    assert {" ".join(path) for path in ALL} == {
        *("demo", "serve", "migrate", "import", "import divisions", "import vouchers", "user", "user add"),
        *("user password", "verify", "replay", "schema", "bench", "bench append", "bench graphql", "bench replay"),
    }


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_teaches_in_both_languages_and_by_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"], prog_name="sanzi")
    assert shown.exit_code == 0
    about, _, rest = shown.output.partition("Options:")
    assert re.search("[一-鿿]{4}", about)
    assert len(re.findall("[a-z]{3,}", about)) >= 6
    examples = rest.partition("示例 / Examples:\n")[2].strip().splitlines()
    assert examples
    assert any(f"sanzi {' '.join(path)}" in example for example in examples)
    assert "..." not in rest.partition("Commands:")[2].partition("示例")[0], "a line of the list was cut short"


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_examples_are_commands_that_the_program_understands(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"], prog_name="sanzi").output
    for example in shown.partition("示例 / Examples:\n")[2].strip().splitlines():
        words = example.rpartition("sanzi ")[2].split(" > ")[0].split()
        command: click.Command = main
        context = click.Context(main)
        while isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, example
            command = found
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, example


def test_version_and_an_unknown_command() -> None:
    assert re.fullmatch(r"sanzi, version \d+\.\d+\.\d+\S*\n", sanzi("--version").out)
    done = sanzi("verifyy")
    assert done.status == 2
    assert "verifyy" in done.err
    assert done.out == ""


def test_schema_prints_the_contract_and_compares_it(tmp_path: Path) -> None:
    printed = sanzi("schema")
    assert printed.status == 0
    assert printed.out.strip() == CONTRACT.read_text(encoding="utf-8").strip()
    other = tmp_path / "other.graphql"
    other.write_text(printed.out + "type Extra { a: Int }\n")
    differs = sanzi("schema", "--check", other)
    assert (differs.status, differs.out) == (1, "")
    assert str(other) in differs.err
