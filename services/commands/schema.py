"""`sanzi schema`: the GraphQL contract."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.schema import schema as contract
from services.commands.common import Failed


@click.command()
@click.option("--check", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="与该文件比对 / Compare.")
def schema(check: Path | None) -> None:
    """打印 GraphQL 接口定义 / Print the GraphQL schema (SDL)."""
    text = contract.as_str()
    if check is None:
        click.echo(text)
    elif check.read_text(encoding="utf-8").strip() != text.strip():
        raise Failed(f"{check} 与程序不一致 / differs from the program; run: sanzi schema > {check}")
