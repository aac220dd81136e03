"""`sanzi serve`: the service itself."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gateway import logs
from gateway.app import create_app
from gateway.server import listen
from gateway.server import serve as run
from gateway.settings import Settings
from services.commands.common import data_dir_option, examples, service, speaks
from services.portal.app import routes


@click.command(
    epilog=examples(
        "sanzi serve",
        "sanzi serve --host 0.0.0.0 --port 80",
        "SANZI_MODE=development sanzi serve",
        "SANZI_DATABASE_URL=postgresql://sanzi_service:…@host/sanzi sanzi serve",
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="端口 / Port.")
@data_dir_option
@speaks
async def serve(host: str, port: int, data_dir: Path | None) -> None:
    """启动服务：GraphQL 接口与公开页面 / Serve GraphQL and the public pages.

    \b
    生产模式只执行已登记的查询文档；SANZI_MODE=development 开放任意查询和调试页面。日志为 JSON，写到标准错误。
    In production only trusted documents run; SANZI_MODE=development opens ad-hoc queries and the explorer.
    Logs are JSON on standard error.
    """
    settings = Settings.from_environment(os.environ)
    logs.configure(settings)
    listener = listen(host, port)
    async with service(data_dir) as services:
        app = create_app(services, settings, pages=routes(services))
        await run(app, host, port, on_ready=_tell, listener=listener)


def _tell(address: str) -> None:
    click.echo(f"sanzi {address}  （Ctrl-C 停止 / stops）")
