"""`sanzi schema`: the GraphQL contract."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.schema import schema as contract
from services.commands.common import Failed, examples


@click.command(epilog=examples("sanzi schema > schema.graphql", "sanzi schema --check graphql/schema.graphql"))
@click.option(
    "--check",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="与该文件比对，不同则状态 1 / Compare with this file; exit status 1 if it differs.",
)
def schema(check: Path | None) -> None:
    """打印 GraphQL 接口定义（SDL）/ Print the GraphQL schema (SDL).

    \b
    供前端生成类型；--check 用于持续集成。
    For clients to generate their types from; --check is for continuous integration.
    """
    text = contract.as_str()
    if check is None:
        click.echo(text)
    elif check.read_text(encoding="utf-8").strip() != text.strip():
        raise Failed(f"{check} 与程序不一致 / differs from the program; run: sanzi schema > {check}")
    else:
        click.echo(f"✓ {check} 与程序一致 / is what the program serves")
