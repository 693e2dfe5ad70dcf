"""grafana.ini against a strict model of what Grafana documents; Grafana itself can't run here."""

from __future__ import annotations

import configparser
import json
import os
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, create_model

from components.observability.grafana import ini
from tests.harness.declare import STACKS, stack_settings

GOLDEN = Path(__file__).parent / "golden"

Switch = Literal["true", "false"]
SecretFile = Annotated[str, StringConstraints(pattern=r"^\$__file\{/[a-z/-]+\}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^ ;#]+$")]

#: Sections and keys of conf/defaults.ini and pkg/setting that are written here, with what each may hold.
DOCUMENTED = {
    "paths": {"data": str, "plugins": str, "provisioning": str},
    "server": {"http_port": Literal["3000"], "enable_gzip": Switch, "root_url": Url},
    "database": {"type": Literal["sqlite3"], "wal": Switch},
    "security": {
        "admin_user": Literal["admin"],
        "admin_password": SecretFile,
        "secret_key": SecretFile,
        "disable_gravatar": Switch,
        "cookie_samesite": Literal["lax", "strict", "none", "disabled"],
        "cookie_secure": Switch,
        "strict_transport_security": Switch,
    },
    "users": {
        "allow_sign_up": Switch,
        "allow_org_create": Switch,
        "auto_assign_org_role": Literal["Viewer", "Editor", "Admin"],
        "viewers_can_edit": Switch,
    },
    "auth.anonymous": {"enabled": Switch},
    "auth.basic": {"enabled": Switch},
    "auth.generic_oauth": {
        **dict.fromkeys(("enabled", "allow_sign_up", "auto_login", "use_pkce", "role_attribute_strict"), Switch),
        **dict.fromkeys(("allow_assign_grafana_admin", "skip_org_role_sync"), Switch),
        **dict.fromkeys(("auth_url", "token_url", "api_url"), Url),
        **dict.fromkeys(("name", "client_id", "scopes", "role_attribute_path"), str),
        "client_secret": SecretFile,
    },
    "dashboards": {"default_home_dashboard_path": str},
    "snapshots": {"enabled": Switch, "external_enabled": Switch},
    "analytics": dict.fromkeys(
        ("reporting_enabled", "check_for_updates", "check_for_plugin_updates", "feedback_links_enabled"), Switch
    ),
    "news": {"news_feed_enabled": Switch},
    "plugins": dict.fromkeys(
        ("plugin_admin_enabled", "preinstall_disabled", "preinstall_auto_update", "public_key_retrieval_disabled"),
        Switch,
    ),
    "unified_alerting": {"enabled": Switch, "execute_alerts": Switch},
    "metrics": {"enabled": Switch},
    "log": {"mode": Literal["console"], "level": Literal["info"]},
    "log.console": {"format": Literal["json"]},
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def written(name):
    return ini.rendered(ini.sections(stack_settings(name).grafana))


def parsed(name):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # pyrefly: ignore
    parser.read_string(written(name))
    return {section: dict(parser[section]) for section in parser.sections()}


@pytest.mark.parametrize("name", STACKS)
def test_every_key_is_one_that_grafana_knows_and_holds_what_it_may_hold(name):
    for section, keys in parsed(name).items():
        fields = {key: (DOCUMENTED[section][key], ...) for key in keys}
        create_model(section, __base__=_Strict, **fields)(**keys)  # pyrefly: ignore


@pytest.mark.parametrize("name", STACKS)
def test_no_value_has_what_an_ini_file_takes_for_a_comment(name):
    assert not any(mark in value for keys in parsed(name).values() for value in keys.values() for mark in (" ;", " #"))


@pytest.mark.parametrize("name", STACKS)
def test_nothing_is_sent_home_and_nothing_fetched(name):
    found = parsed(name)
    assert set(found["analytics"].values()) == {"false"}
    assert found["news"]["news_feed_enabled"] == "false"
    assert found["security"]["disable_gravatar"] == "true"
    assert found["plugins"] == {
        "plugin_admin_enabled": "false",
        "preinstall_disabled": "true",
        "preinstall_auto_update": "false",
        "public_key_retrieval_disabled": "true",
    }


@pytest.mark.parametrize("name", STACKS)
def test_alertmanager_has_its_pages_and_grafana_has_no_alerts_of_its_own(name):
    assert parsed(name)["unified_alerting"] == {"enabled": "true", "execute_alerts": "false"}
    sources = yaml.safe_load((GOLDEN / "grafana-data-sources.yaml").read_text())["datasources"]
    (alertmanager,) = [one for one in sources if one["type"] == "alertmanager"]
    assert alertmanager["jsonData"]["handleGrafanaManagedAlerts"] is False


@pytest.mark.parametrize("name", STACKS)
def test_nobody_comes_in_unasked_and_no_secret_is_in_the_file(name):
    found = parsed(name)
    assert found["auth.anonymous"]["enabled"] == "false"
    assert found["users"]["allow_sign_up"] == "false"
    assert found["auth.basic"]["enabled"] == "false"
    for section, key in (("security", "admin_password"), ("security", "secret_key")):
        assert found[section][key].startswith("$__file{")


def test_with_oidc_people_are_sent_to_the_provider_and_only_its_group_administers():
    found = parsed("prod")["auth.generic_oauth"]
    assert found["auto_login"] == "true"
    assert found["role_attribute_path"] == "contains(groups[*], 'platform') && 'Admin' || 'Viewer'"
    assert found["allow_assign_grafana_admin"] == "false"
    assert found["skip_org_role_sync"] == "false", "who leaves the group must lose the role"
    assert "auth.generic_oauth" not in parsed("dev")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("url", "https://example.com/grafana", "at the root of a host name"),
        ("admin_group", "it's us", "letters, digits"),
        ("admin_group", "a;b", "letters, digits"),
        ("client_id", "a #b", "letters, digits"),
        ("scopes", ["openid", "a;b"], "a scope of OpenID Connect"),
    ],
)
def test_names_that_would_mean_something_else_in_the_file_are_refused(field, value, words):
    grafana = stack_settings("prod").grafana
    assert grafana.oidc is not None
    holder = grafana if field == "url" else grafana.oidc
    with pytest.raises(ValidationError, match=words):
        type(holder).model_validate_json(json.dumps({**_given(holder), _camel(field): value}))


def test_only_the_scopes_of_the_file_are_asked_for():
    grafana = stack_settings("prod").grafana
    assert grafana.oidc is not None
    assert ini.sections(grafana)["auth.generic_oauth"]["scopes"] == "openid profile email groups"
    oidc = type(grafana.oidc).model_validate_json(json.dumps({**_given(grafana.oidc), "scopes": ["openid", "email"]}))
    changed = grafana.model_copy(update={"oidc": oidc})
    assert ini.sections(changed)["auth.generic_oauth"]["scopes"] == "openid email"


def _given(settings):
    return json.loads(settings.model_dump_json(by_alias=True, exclude={"oidc", "cpu", "memory", "disk"}))


def _camel(field):
    first, *others = field.split("_")
    return first + "".join(other.capitalize() for other in others)


def test_behind_https_the_cookie_is_never_sent_in_the_clear():
    assert parsed("prod")["security"]["cookie_secure"] == "true"
    assert parsed("prod")["server"]["root_url"] == "https://grafana.acme.example.com/"
    assert "cookie_secure" not in parsed("dev")["security"], "a port-forward is plain HTTP"


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_a_change_of_what_grafana_reads_is_seen_in_review(name):
    """After reading the difference: BALLAST_GOLDEN=write pytest tests/observability -k seen_in_review."""
    path, text = GOLDEN / f"grafana-{name}.ini", written(name)
    if os.environ.get("BALLAST_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
