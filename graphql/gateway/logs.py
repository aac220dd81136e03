"""Logs: JSON lines in production, readable ones in development. Never names, never variables, never query strings."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog

from gateway.settings import Settings

LIBRARIES = ("strawberry.execution", "strawberry.ws", "strawberry.ws.task")
"""Loggers that would quote documents with the values in them; masking.py and edge.py write what is needed instead."""


def configure(settings: Settings, stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Set up the logs of the whole process: ours, and those of libraries that write to `logging`."""
    target = stream or sys.stderr
    renderer: Any = (
        structlog.dev.ConsoleRenderer(
            colors=target.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
        if settings.development
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not settings.development:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def silence_libraries() -> None:
    """Keep personal data in documents out of the logs, whoever configured them."""
    for name in LIBRARIES:
        logging.getLogger(name).disabled = True
