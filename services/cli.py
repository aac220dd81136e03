"""The `sanzi` command. Each subcommand is a file of services/commands."""

from __future__ import annotations

import click

from services.bench.cli import bench
from services.commands import demo, imports, maintenance, schema, serve, users
from services.commands.common import Group


@click.group(cls=Group)
@click.version_option(package_name="sanzi", prog_name="sanzi")
def main() -> None:
    """三资阳光账本：村集体资金、资产、资源的公开账本，人人可查，不可篡改。

    Sunshine ledgers for villages: every figure can be traced, and anyone can check that none was altered.

    \b
    试一试 / Try it:       sanzi demo
    真正使用 / For real:   sanzi import divisions FILE; sanzi user add …; sanzi serve

    数据默认存放在 .sanzi/（内置 PostgreSQL）；设置 SANZI_DATABASE_URL 可使用自己的数据库。
    Data lives in .sanzi/ (an embedded PostgreSQL) unless SANZI_DATABASE_URL names a database of your own.
    """


for command in (
    demo.demo,
    serve.serve,
    maintenance.migrate,
    imports.import_,
    maintenance.replay,
    maintenance.verify,
    schema.schema,
    bench,
    users.user,
):
    main.add_command(command)
