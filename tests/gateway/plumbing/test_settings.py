"""Settings come from the environment and are checked there."""

from __future__ import annotations

import ipaddress
from dataclasses import fields

import pytest

from domain.shared.errors import Language
from gateway.settings import VARIABLES, BadSetting, Mode, Settings


def test_without_any_variable_it_is_production() -> None:
    assert Settings.from_environment({}) == Settings()
    assert not Settings().development
    assert Settings.from_environment({"SANZI_MODE": " ", "SANZI_MAX_DEPTH": ""}) == Settings()


def test_every_variable_sets_its_field() -> None:
    given = Settings.from_environment(
        {
            "SANZI_MODE": "development",
            "SANZI_MAX_DEPTH": "7",
            "SANZI_CORS_ORIGINS": "https://a.example, http://localhost:5173",
            "SANZI_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8",
            "SANZI_UPLOAD_BYTES": "1024",
        }
    )
    assert given.mode is Mode.DEVELOPMENT
    assert given.max_depth == 7
    assert given.cors_origins == ("https://a.example", "http://localhost:5173")
    assert given.trusted_proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
    assert given.upload_bytes == 1024
    assert {variable.sets for variable in VARIABLES} <= {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANZI_MODE", "prod"),
        ("SANZI_MAX_DEPTH", "0"),
        ("SANZI_MAX_DEPTH", "101"),
        ("SANZI_MAX_DEPTH", "ten"),
        ("SANZI_MAX_COST", "1e3"),
        ("SANZI_CORS_ORIGINS", "console.example.cn"),
        ("SANZI_CORS_ORIGINS", "*"),
        ("SANZI_CORS_ORIGINS", "https://a.example/path"),
        ("SANZI_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("SANZI_METRICS_FROM", "localhost"),
    ],
)
def test_a_wrong_value_names_the_variable_the_value_and_what_would_be_right(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment({name: value})
    for language in Language:
        message = caught.value.message(language)
        assert message.find(name) >= 0
        assert value in message
    assert caught.value.field == name
    assert "write" in caught.value.message(Language.EN)
    assert "请填写" in caught.value.message(Language.ZH)
