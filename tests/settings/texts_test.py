"""Texts with a grammar of their own: what is refused, and what people really have."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from components.cloud import settings as cloud
from components.observability.grafana import settings as grafana
from components.settings import addresses, networks, texts
from components.stores.qdrant import settings as qdrant

MODULES = (texts, addresses, networks, qdrant, cloud, grafana)

WRONG = {
    "ImageName": [
        *("Acme/search", "acme/search:1.0", "acme//search", "acme/search/", "https://r.io/a", "a@sha256:" + "0" * 64),
        *(
            "registry.io:99999/a",
            "registry.io:0/a",
            "acme/-search",
            "acme/search_",
            "a" * 256,
            "acme/se arch",
            *("latest", "localhost", "1.0.0", "example.com", "0", "change-me", "acme/todo todo"),
            "..",
            "-",
        ),
    ],
    "MirrorPrefix": [
        *("registry", "registry/mirror", "https://r.example.com", "r.example.com/", "r.example.com:0"),
        *("r.example.com//a", "metadata.google.internal/a", "r.invalid", "r.test:5000", "a.localhost/b"),
        *(
            "r.example.com:65536",
            "R.example.com",
            "-r.example.com",
            "r..example.com",
            "0.0.0.0",  # noqa: S104 - what is refused
            "99.99.99/a",
            "1.0.0",
            f"{'a' * 64}.example.com",
        ),
    ],
    "ImageTag": ["latest", "latest-slim", "none", "-slim", ".1", "a" * 129, "3.13:slim", "3.13 slim"],
    "VersionTag": ["1.11.0", "v1.11", "V1.11.0", "vv1.11.0", "v1.11.0-rc1", "v01.1.0"],
    "Version": ["3.8", "v3.8.0", "3.8.0-rc1", "3.8.0.0", "03.8.0", "3.8.x", "9999999.0.0", "3,8,0", "latest"],
    "Namespace": ["my.app", "a" * 64, "My-App", "-a", "a-", "a_b", "*", "kube/system", "null", "true", "no"],
    "BucketName": [
        *("ab", "a" * 64, "Acme", "acme_prod", "acme..prod", "acme-.prod-", "192.168.5.4", "1.0.0"),
        *("your-bucket", "bucket-name-here", "xn--acme", "sthree-acme"),
        *("acme-s3alias", "acme--ol-s3", "acme.mrap", "acme--x-s3", "-acme", "s3://acme", "acme/prod"),
        "amzn-s3-demo-a",
    ],
    "BucketRegion": ["EU-central-1", "eu_central_1", "-fsn1", "a b", ""],
    "ObjectStoreUrl": [
        *("https://s3.example.com/bucket", "https://s3.example.com/", "s3.example.com:9000", "ftp://s3.example.com"),
        *("https://minio", "https://10.0.0.7:9000", "https://s3.example.com:0", "https://key:secret@s3.example.com"),
        "https://s3.example.com?a=b",
        *("https://s3.invalid", "https://a.localhost:9000", "http://metadata.google.internal"),
    ],
    "BasePath": [
        *("/a", "a/", "a//b", "..", "a/../b", "./a", "a/.", "a b", "a" * 513, "s3://a", "ä", "null", "None"),
        *("--help", "-", "TODO"),
        *("...", "___"),
    ],
    "Day": ["2027-02-29", "2027-13-01", "2027-1-31", "31.01.2027", "2027-01-31T00:00:00Z", "1999-12-31", "20270131"],
    "RoleArn": [
        "arn:aws:iam::000000000000:role/name",
        *("arn:aws:iam::111122223333:role/a b", f"arn:aws:iam::111122223333:role/{'a' * 70}", "role/name", "name"),
        *("arn:aws:iam::11112222333:role/name", "arn:aws-x:iam::111122223333:role/name"),
        "arn:aws:iam::111122223333:role/",
        *("arn:aws:iam::111122223333:user/name", "arn:aws:sts::111122223333:assumed-role/a/b"),
        "arn:aws:iam:::role/name",
    ],
    "NonEmpty": [
        *("CHANGEME", "acme-change-me", "todo", "prod TODO", "fixme", "xxx", "replace me"),
        *("", " ", "a ", "${HOME}/.kube", "<context>", "$(whoami)", "a; b", "`a`", "a|b", "a" * 513, "a\nb"),
    ],
    "KubeconfigPath": [
        *("../config", "../../etc/kubeconfig", "a/../../b", "~/../other/.kube/config", "..", ".", "a/..", "~"),
        "~root/a",
        *("/", "/dev/null", "/proc/self/environ", ".kube/", "a//b", "a:b", "https://a.example.com/config", "${HOME}/a"),
        "changeme",
    ],
    "ShortLabel": ["null", "true", "yes", "no", "off", "none", "nan", "Data", "a_b", "a" * 21, "1a", "-a"],
    "CollectionName": ["null", "Null", "TRUE", "yes", "None", "1a", "a b"],
    "OidcProvider": [
        *("default", "127.0.0.1", "1.0.0", "localhost", "https://a.example.com", "a.example.com/", "a.invalid"),
    ],
    "Reason": ["because", "https://a.example.com/why", "$ why not this", "a b", "why not TODO"],
    "ProviderName": ["/", "changeme", "your-client-id", "client-here", "TODO", "none", "-x"],
    "ClusterIdentity": ["00000000-0000-0000-0000-000000000000", "ABCDEF00-0000-4000-8000-000000000002", "Local"],
    "HttpsUrl": [
        *("http://a.example.com", "https://a.example.com:0", "https://a.example.com:99999", "https://a"),
        "https://1.2.3.4",
        *("https://u:p@a.example.com", "https://a.example.com/?q=1", "https://a.example.com/"),
        "https://a..example.com",
        *(
            f"https://{'a' * 64}.example.com",
            "https://-a.example.com",
            *(
                "https://a.invalid",
                "https://a.test/x",
                "https://localhost.localhost",
                "https://metadata.google.internal",
            ),
            "ftp://a.example.com",
            "https://a.example.com/a b",
        ),
    ],
    "EndpointUrl": ["https://a.example.com//x?y", "https://a.example.com:0/", "http://a.example.com/", "https://a/"],
    "HostAndPort": ["smtp.example.com", "smtp.example.com:0", "smtp.example.com:99999", "smtp:587", "1.2.3.4:25"],
    "MailAddress": ["a", "a@b", "a..b@example.com", ".a@example.com", "a@@example.com", "a b@example.com", "<a@b.de>"],
    "UserName": ["", "-x", ".", "/", "%", "null", "a b", 'a"b', "a'b", "a:b", "a" * 300],
    "HeaderName": ["Authorization", "host", "content-length", "x token", "x:", "0", "1x", "-x", "connection", "x..y"],
    "TimeZone": [
        *("CET+1", "Berlin", "europe/berlin", "posixrules", "right/UTC", "Europe", "../UTC", "GMT+25", ""),
        *("US/Pacific", "Asia/Calcutta", "EST", "Etc/GMT-3"),
    ],
    "SlackChannel": ["alerts", "#Alerts", "#", "#a b", "# alerts", f"#{'a' * 81}", "@me", "##a"],
    "DayTime": ["2:00", "24:01", "25:00", "02:60", "02:00:00", "2am", "02.00"],
}
RIGHT = {
    "ImageName": [
        *("python", "acme/search", "123.dkr.ecr.eu-central-1.amazonaws.com/a/b__c", "localhost:5000/a"),
        "r:65535/a",
    ],
    "MirrorPrefix": [
        "registry.example.com",
        "localhost",
        "localhost/a",
        "r:5000",
        "10.0.0.1:5000/mirror",
        "r.example.com/a-b/c_d",
    ],
    "ImageTag": ["3.13-slim", "3.13.1-slim-bookworm", "v2", "_a"],
    "VersionTag": ["v1.11.0", "v2.0.10"],
    "Namespace": ["applications", "a", "kube-system", "1a", "a" * 63],
    "BucketName": ["acme-prod", "acme.prod.logs", "123", "a" * 63],
    "BucketRegion": ["eu-central-1", "us-gov-west-1", "cn-northwest-1", "auto", "fsn1", "fr-par"],
    "ObjectStoreUrl": ["https://s3.example.com", "http://minio.minio.svc:9000", "https://fsn1.objects.example.com:443"],
    "BasePath": ["opensearch", "volumes/knowledge", "a.b/c-d", "a/..b"],
    "RoleArn": ["arn:aws:iam::111122223333:role/service/a+b=c,d.e@f_g-h", "arn:aws-cn:iam::111122223333:role/a"],
    "NonEmpty": [
        *("acme-prod", "arn:aws:eks:eu-central-1:111122223333:cluster/prod", "~/.kube/config"),
        *("me@c.eksctl.io", "a b"),
    ],
    "OidcProvider": ["oidc.eks.eu-central-1.amazonaws.com/id/A1", "login.example.com"],
    "Reason": ["PagerDuty publishes no ranges", "this provider has two zones"],
    "ProviderName": ["todo-app", "there", "yourself", "/platform"],
    "KubeconfigPath": ["~/.kube/config", ".ballast/cluster/kubeconfig", "./a", "/etc/kube/a", "/home/A B/c", "a..b"],
    "ShortLabel": ["data", "yes-and-no", "a", "nothing", "default"],
    "CollectionName": ["documents", "Null_1"],
    "EndpointUrl": ["https://login.example.com/", "https://login.example.com:8443/realms/a/", "https://a.example.com"],
    "HttpsUrl": ["https://a.example.com:8443", "https://a.example.com/otlp", "https://xn--bcher-kva.example.com"],
    "UserName": ["apikey", "AKIA0123456789ABCDEF", "alerts@example.com", "DOMAIN=user"],
    "HeaderName": ["authorization", "x-api-key", "x_token", "dd-api-key"],
    "TimeZone": ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Europe/Stockholm"],
    "SlackChannel": ["#alerts", "#prod_alerts-1"],
}


def _type(name):
    return TypeAdapter(
        getattr(texts, name, None)
        or next(found for found in (getattr(one, name, None) for one in MODULES) if found is not None)
    )


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_breaks_the_grammar_is_refused(name, value):
    with pytest.raises(ValidationError) as caught:
        _type(name).validate_python(value)
    assert all(error["type"] == "ballast_rule" and len(error["msg"]) < 300 for error in caught.value.errors())


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_what_people_have_is_accepted(name, value):
    assert _type(name).validate_python(value) == value


def test_an_older_name_of_a_time_zone_is_refused_with_the_one_of_today():
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(addresses.TimeZone).validate_python("US/Pacific")
    assert refused.value.errors()[0]["ctx"]["remedy"] == "write America/Los_Angeles"
