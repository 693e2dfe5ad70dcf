"""The real collectors with the configuration of production: no log is of a form that a store would refuse."""

from __future__ import annotations

import json
import time
import uuid

import pytest

from components.observability.loki.configuration import loki_configuration
from components.stores.opensearch.log_pipeline_configuration import pipelines
from tests.harness.data_prepper_model import Pipelines, document
from tests.harness.declare import stack_settings
from tests.harness.loki_model import LokiConfiguration
from tests.live import otlp
from tests.live.flow import LOKI, PREPPER, Flow
from tests.live.node_logs import ContainerLog
from tests.live.otlp import Record, mapping
from tests.live.programs import until

pytestmark = pytest.mark.programs

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    with Flow(tmp_path_factory.mktemp("flow")) as running:
        yield running


def sent(flow, record, resource=None):
    """Send one record, as OTLP writes it, and return it with its resource as each store was sent it."""
    mark = str(uuid.uuid4())
    payload = otlp.logs(Record(body=""))
    (outer,) = payload["resourceLogs"]
    outer["resource"]["attributes"] += [{"key": "mark", "value": {"stringValue": mark}}, *(resource or [])]
    outer["scopeLogs"][0]["logRecords"] = [record]
    otlp.send(flow.otlp, payload)

    def at(backend):
        for came in list(flow.backends[backend].payloads):
            for one in came.get("resourceLogs", []):
                if mapping(one["resource"]["attributes"]).get("mark") == mark:
                    return one["resource"], one["scopeLogs"][0]["logRecords"][0]
        return None

    return [until(lambda backend=backend: at(backend), f"the record at {backend}") for backend in (LOKI, PREPPER)]


def now():
    return str(time.time_ns())


def line(**fields):
    return {"timeUnixNano": now(), "body": {"stringValue": json.dumps(fields)}}


def found(flow, resource, record):
    """Return what OpenSearch gets of a record."""
    pipeline = Pipelines.model_validate(pipelines(flow.stack.data_prepper, "https://a:9200", "a password")).logs
    return document(pipeline, resource, record)


def metadata(resource, record):
    """Return the attributes that Loki keeps beside a line, of the record and at most of its resource."""
    return {**mapping(resource["attributes"]), **mapping(record.get("attributes", []))}


@pytest.fixture(scope="module")
def limits():
    loki = stack_settings("prod").loki
    assert loki is not None
    return LokiConfiguration.model_validate(loki_configuration(loki)).limits_config


def fits(limits, resource, record):
    beside = metadata(resource, record)
    assert limits.max_structured_metadata_size == "64KB"
    size = sum(len(f"{key}{value}".encode()) for key, value in beside.items())
    return len(beside) <= limits.max_structured_metadata_entries_count and size <= 64 * 1024


EMBEDDING = {"message": "embedded", "model": "small", "level": "error", "embedding": [n / 7 for n in range(1536)]}
PROMPT = {"message": "asked", "model": "small", "level": "error", "prompt": "what is it? " * 6000}


@pytest.mark.parametrize("fields", [EMBEDDING, PROMPT], ids=["embedding", "prompt"])
def test_a_line_with_a_thousand_numbers_or_a_long_text_is_taken_whole(flow, limits, fields):
    (resource, record), _ = sent(flow, line(**fields))
    assert fits(limits, resource, record)
    kept = json.loads(record["body"]["stringValue"])
    assert (kept["message"], kept["model"]) == (fields["message"], fields["model"])
    assert kept.get("prompt") == fields.get("prompt")
    numbers = [kept[f"embedding.{n}"] for n in range(len(fields.get("embedding", [])))]
    assert numbers == fields.get("embedding", [])
    assert record["severityText"] == "error"
    assert len(record["body"]["stringValue"]) < 256 * 1024


def test_what_is_masked_in_fields_is_masked_in_a_line_that_is_left_whole(flow):
    fields = {"password": "hunter2", "nested": {"apiKey": "abc"}, **{f"field{n}": n for n in range(200)}}
    for _, record in sent(flow, line(message="paid", **fields)):
        assert '"password":"****"' in record["body"]["stringValue"]
        assert "hunter2" not in json.dumps(record)
        assert "abc" not in json.dumps(record)


def test_few_fields_stay_fields_in_loki(flow, limits):
    (resource, record), _ = sent(flow, line(message="paid", order={"id": "A-7", "lines": [1, 2]}))
    assert record["body"] == {"stringValue": "paid"}
    assert mapping(record["attributes"]) == {"order.id": "A-7", "order.lines.0": 1, "order.lines.1": 2}
    assert fits(limits, resource, record)


def test_fields_of_a_line_are_found_in_opensearch(flow):
    _, (resource, record) = sent(flow, line(message="paid", order={"id": "A-7"}, status="paid"))
    kept = found(flow, resource, record)
    assert kept["parsed"] == {"message": "paid", "order.id": "A-7", "status": "paid"}
    assert kept["resource.attributes.service@name"] == "shop"


def test_a_plain_line_of_a_file_stays_plain_and_one_of_fields_is_found_by_them(flow):
    log = ContainerLog(flow.pods, "forms")
    log.write(["a plain line", json.dumps({"event": "of a file", "order": "A-8"})])

    def arrived():
        came = [pair for pair in flow.backends[PREPPER].logs() if pair[0].get("k8s.pod.name") == "forms"]
        return came if len(came) == 2 else None

    plain, structured = [record for _, record in until(arrived, "both lines at Data Prepper")]
    assert plain["body"] == {"stringValue": "a plain line"}
    kept = found(flow, {}, structured)
    assert kept["parsed"] == {"message": "of a file", "order": "A-8"}
    assert kept["log.attributes.log@iostream"] == "stdout"


@pytest.mark.parametrize("other", [{"message": "of the application"}, {"body": "of the application"}])
def test_no_text_is_lost_to_a_field_of_its_name(flow, other):
    _, (_, record) = sent(
        flow, {"timeUnixNano": now(), "body": otlp.value("the text"), "attributes": otlp.attributes(other)}
    )
    assert {"the text", "of the application"} <= set(json.loads(record["body"]["stringValue"]).values())


def test_a_line_with_two_texts_keeps_both(flow):
    (_, record), _ = sent(flow, line(message="the first", msg="the second"))
    assert record["body"] == {"stringValue": "the first"}
    assert mapping(record["attributes"]) == {"msg": "the second"}


BYTES = {"bytesValue": "AQIDBA=="}
TWICE = [{"key": "a.b", "value": {"intValue": "1"}}, {"key": "a.b", "value": {"intValue": "2"}}]
ALIKE = [{"key": "a.b", "value": {"intValue": "1"}}, {"key": "a@b", "value": {"intValue": "2"}}]
NESTED = [{"key": "blob", "value": {"kvlistValue": {"values": [{"key": "b", "value": BYTES}]}}}]
REFUSED = [
    {"attributes": TWICE},
    {"attributes": ALIKE},
    {"attributes": [{"key": "blob", "value": BYTES}]},
    {"attributes": NESTED},
    {"body": BYTES},
    {"body": {"arrayValue": {"values": [BYTES]}}},
]


@pytest.mark.parametrize("changes", REFUSED)
def test_one_record_with_a_repeated_key_or_bytes_refuses_nobody_elses(flow, changes):
    record = {"timeUnixNano": now(), "body": {"stringValue": "of all kinds"}, **changes}
    with pytest.raises(ValueError, match=r"Duplicate|Unknown"):
        found(flow, {}, record)
    _, (resource, kept) = sent(flow, record)
    assert found(flow, resource, kept)["body"]


@pytest.mark.parametrize("attributes", [TWICE, ALIKE, [{"key": "blob", "value": BYTES}], NESTED])
def test_a_resource_with_a_repeated_key_or_bytes_refuses_nobody_elses(flow, attributes):
    with pytest.raises(ValueError, match=r"Duplicate|Unknown"):
        found(flow, {"attributes": attributes}, {})
    _, (resource, kept) = sent(flow, line(message="of a strange resource"), attributes)
    assert found(flow, resource, kept)["resource.attributes.service@name"] == "shop"


def test_a_log_without_a_time_has_the_time_at_which_it_was_seen(flow):
    observed = (time.time_ns() // SECOND - 60) * SECOND
    for given in ({"observedTimeUnixNano": str(observed)}, {}):
        for _, record in sent(flow, {"body": {"stringValue": "whenever"}, **given}):
            expected = observed if given else time.time_ns()
            assert abs(int(record["timeUnixNano"]) - expected) < 60 * SECOND * (not given) + 1
            assert int(record["observedTimeUnixNano"]) > 0
