"""The `sanzi` command. Each subcommand is a file of services/commands."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "demo": ("services.commands.demo:demo", "演示一个区和一个村的一年 / A demo district and a year of a village."),
    "serve": ("services.commands.serve:serve", "启动服务：接口与公开页面 / Serve GraphQL and the public pages."),
    "migrate": ("services.commands.maintenance:migrate", "升级数据库结构 / Bring the database's schema up to date."),
    "import": ("services.commands.imports:import_", "从文件导入区划、凭证 / Import divisions or vouchers."),
    "user": ("services.commands.users:user", "登记人员、重置密码 / People and their logins."),
    "verify": ("services.commands.maintenance:verify", "核验账本未被改动 / Check that no record was altered."),
    "replay": ("services.commands.maintenance:replay", "由事件重建查询数据 / Rebuild the read models from the events."),
    "schema": ("services.commands.schema:schema", "打印 GraphQL 接口定义 / Print the GraphQL schema."),
    "bench": ("services.bench.cli:bench", "性能：与参照之比 / Speed, as ratios to a reference."),
}
"""Where each subcommand is, and its line in the list, in the order in which they are used."""


class Main(click.Group):
    """Loads a subcommand when it is asked for: `sanzi verify` need not wait for the libraries of the web server."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=Main,
    context_settings={"max_content_width": 100},
    epilog="每个命令都有 --help / every command has a --help: sanzi import vouchers --help",
)
@click.version_option(package_name="sanzi", prog_name="sanzi")
def main() -> None:
    """三资阳光账本：村集体资金、资产、资源的公开账本，人人可查，改动必被发现。

    Sunshine ledgers for villages: every figure can be traced, and anyone can check that none was altered.

    \b
    示例 / Examples:
      sanzi demo                                         试一试 / try it
      sanzi import divisions divisions.csv               真正使用：先导入区划 / for real: first the divisions,
      sanzi user add wang@445203 --name 王海涛 \\
            --office district_administrator              再登记区管理员 / then an administrator,
      sanzi serve                                        然后启动 / and off it goes

    \b
    数据在 .sanzi/（内置 PostgreSQL）；SANZI_DATABASE_URL 可指向自己的数据库。
    Data are in .sanzi/ (a PostgreSQL of its own) unless SANZI_DATABASE_URL names a database of yours.
    """
