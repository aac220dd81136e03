"""The form of the log, ours and that of libraries."""

from __future__ import annotations

import json
import logging
from io import StringIO

import structlog

from gateway import logs
from gateway.settings import Mode, Settings


def write() -> None:
    structlog.get_logger("ours").info("happened", tenant="t1")
    structlog.get_logger("ours").debug("hidden")
    logging.getLogger("theirs").warning("of a library: %s", "凭证")
    logging.getLogger("theirs").info("hidden")
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("theirs").exception("failed")


def test_production_writes_json(log: StringIO) -> None:
    write()
    ours, theirs, failed = (json.loads(line) for line in log.getvalue().splitlines())
    assert (ours["event"], ours["tenant"], ours["level"]) == ("happened", "t1", "info")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"]) == ("of a library: 凭证", "warning")
    assert "ValueError: broken" in failed["exception"]
    assert "hidden" not in log.getvalue()


def test_development_writes_for_people(log: StringIO) -> None:
    written = StringIO()
    logs.configure(Settings(mode=Mode.DEVELOPMENT), written)
    write()
    text = written.getvalue()
    assert "happened tenant=t1" in " ".join(text.split())
    assert "of a library: 凭证" in text
    assert "ValueError: broken" in text
    assert "\x1b" not in text
