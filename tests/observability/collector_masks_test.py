"""The real collector with the configuration of production: what no backend ever sees, and what all of them must."""

from __future__ import annotations

import json
import uuid

import pytest

from components.observability.collector.settings import MaskSettings
from components.settings.patterns import TOKEN_COUNTS
from tests.live import otlp
from tests.live.flow import LOKI, PREPPER, TEMPO, VENDOR, Flow
from tests.live.lines import GOLDEN, INNOCENT
from tests.live.otlp import ERROR, Record, Span, mapping
from tests.live.programs import until

pytestmark = pytest.mark.programs

SECRET_KEYS = (
    "password",
    "user.password",
    "db_passwd",
    "clientSecret",
    "http.request.header.authorization",
    "http.request.header.x-api-key",
    "http.response.header.set-cookie",
    "apiKey",
    "access_token",
    "refreshToken",
    "session.token",
    "aws.secret_access_key",
    "private_key",
    "CONNECTION_STRING",
)
OPEN_KEYS = ("password_policy", "key", "token_type", "primary_key", "keyboard", "gen_ai.server.time_to_first_token")


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    with Flow(tmp_path_factory.mktemp("flow")) as running:
        yield running


def hidden(line, masked):
    before, after = masked.split("****")
    return line[len(before) : len(line) - len(after)].strip()


def sent_spans(flow, *spans):
    """Send spans and return each as Tempo and as the vendor were sent it."""
    otlp.send(flow.otlp, otlp.traces(*spans))

    return arrived(flow, TEMPO, spans), arrived(flow, VENDOR, spans)


def arrived(flow, backend, spans):
    def all_of_them():
        came = {span["traceId"]: span for span in flow.backends[backend].spans()}
        return [came[span.trace_id] for span in spans] if all(span.trace_id in came for span in spans) else None

    return until(all_of_them, f"all spans at {backend}")


def sent_span(flow, span):
    (for_tempo,), (for_vendor,) = sent_spans(flow, span)
    return for_tempo, for_vendor


def sent_records(flow, *records):
    """Send records and return them as Loki was sent them."""
    mark = f"mark {uuid.uuid4()}"
    otlp.send(flow.otlp, otlp.logs(*records, Record(body=mark)))

    def all_of_them():
        came = flow.backends[LOKI].records()
        bodies = [record["body"].get("stringValue") for record in came]
        return came[bodies.index(mark) - len(records) : bodies.index(mark)] if mark in bodies else None

    return until(all_of_them, "the records at Loki")


def test_a_line_is_kept_without_what_identifies_a_person_or_opens_a_door(flow):
    kept = sent_records(flow, *(Record(body=line) for line in GOLDEN))
    assert {line: one["body"]["stringValue"] for line, one in zip(GOLDEN, kept, strict=True)} == GOLDEN


def test_a_line_about_tokens_scores_ids_and_times_is_kept_letter_by_letter(flow):
    kept = sent_records(flow, *(Record(body=line) for line in INNOCENT))
    assert [one["body"]["stringValue"] for one in kept] == list(INNOCENT)


def test_a_span_is_masked_in_its_name_its_status_its_attributes_and_its_events(flow):
    spans = [
        Span(
            name=line,
            status=ERROR,
            message=line,
            attributes={"note": line, "list": [line], "nested": {"deep": line}},
            event=(line, {"exception.message": line}),
        )
        for line in GOLDEN
    ]
    for_tempo, for_vendor = sent_spans(flow, *spans)
    for (line, masked), kept, outside in zip(GOLDEN.items(), for_tempo, for_vendor, strict=True):
        event = kept["events"][0]
        told = mapping(event["attributes"])["exception.message"]
        note = mapping(kept["attributes"])["note"]
        assert {kept["name"], kept["status"]["message"], note, event["name"], told} == {masked}
        assert hidden(line, masked) not in json.dumps([kept, outside], ensure_ascii=False)


def test_a_span_without_events_is_masked_as_well(flow):
    span = Span(name="GET bob@example.com", status=ERROR, message="no alice@example.com")
    for_tempo, _ = sent_span(flow, span)
    assert (for_tempo["name"], for_tempo["status"]["message"]) == ("GET ****", "no ****")


def test_counts_of_tokens_reach_both_backends_as_the_numbers_they_are(flow):
    counts = {name: 1000 + number for number, name in enumerate(TOKEN_COUNTS) if name != "gen_ai.token.type"}
    for arrived in sent_span(flow, Span(status=ERROR, attributes=counts)):
        assert mapping(arrived["attributes"]) == counts
    (kept,) = sent_records(flow, Record(body="called", attributes=counts))
    assert mapping(kept["attributes"]) == counts


def test_an_attribute_whose_name_tells_that_it_is_a_secret_is_masked_whatever_it_holds(flow):
    given = {**dict.fromkeys(SECRET_KEYS, "correct horse\nbattery"), **dict.fromkeys(OPEN_KEYS, "plain")}
    for_tempo, _ = sent_span(flow, Span(status=ERROR, attributes=given))
    held = mapping(for_tempo["attributes"])
    assert {name: held[name] for name in OPEN_KEYS} == dict.fromkeys(OPEN_KEYS, "plain")
    assert {held[name] for name in SECRET_KEYS} == {"****\n****"}


def test_a_structured_line_becomes_a_record_with_trace_severity_and_masked_fields(flow):
    line = {
        "message": "paid by bob@example.com",
        "level": "warning",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "span_id": "00f067aa0ba902b7",
        "user": {"password": "hunter2", "plan": "free"},
        "usage": {"input_tokens": 1523},
    }
    (kept,) = sent_records(flow, Record(body=json.dumps(line)))
    assert (kept["traceId"], kept["spanId"]) == (line["trace_id"], line["span_id"])
    assert (kept["body"], kept["severityNumber"]) == ({"stringValue": "paid by ****"}, 13)
    expected = {"user.password": "****", "user.plan": "free", "usage.input_tokens": 1523}
    assert mapping(kept["attributes"]) == expected


def test_a_record_that_comes_by_otlp_keeps_its_trace_and_a_map_as_its_body_is_masked_inside(flow):
    body = {"user": {"secret": "hunter2", "mail": "bob@example.com"}, "input_tokens": 1523}
    trace = "0af7651916cd43dd8448eb211c80319c"
    (kept,) = sent_records(flow, Record(body=body, trace_id=trace))
    assert kept["traceId"] == trace
    assert otlp.plain(kept["body"]) == {"user": {"secret": "****", "mail": "****"}, "input_tokens": 1523}


def test_logs_go_to_both_stores_alike(flow):
    sent_records(flow, Record(body="to both alice@example.com"))

    def bodies():
        return {record["body"].get("stringValue") for record in flow.backends[PREPPER].records()}

    until(lambda: "to both ****" in bodies(), "the record at Data Prepper")
    assert "alice@example.com" not in flow.backends[PREPPER].text()


def test_the_vendor_sees_what_is_listed_and_neither_prompts_nor_people(flow):
    given = {
        "gen_ai.request.model": "a-model",
        "gen_ai.usage.input_tokens": 1523,
        "gen_ai.input.messages": "what is wrong with me",
        "gen_ai.output.messages": "nothing",
        "gen_ai.tool.call.arguments": "his diagnosis",
        "user.id": "4711",
        "enduser.id": "4711",
        "session.id": "abc",
        "url.full": "https://example.com/users/4711",
        "db.query.text": "SELECT name FROM people",
    }
    event = ("gen_ai.choice", {"content": "private answer"})
    for_tempo, for_vendor = sent_span(flow, Span(status=ERROR, message="he said no", attributes=given, event=event))
    assert mapping(for_tempo["attributes"]) == given
    assert mapping(for_vendor["attributes"]) == {"gen_ai.request.model": "a-model", "gen_ai.usage.input_tokens": 1523}
    assert for_vendor["status"] == {"code": ERROR}
    assert "attributes" not in for_vendor["events"][0]


def test_what_a_stack_masks_itself_is_masked_too_and_dollars_are_no_references(tmp_path):
    masks = MaskSettings(keys=("^customer[.]name$", "^(service|k8s[.].*)[.]name$"), values=("KD-[0-9]{8}$",))
    with Flow(tmp_path, settings=lambda given: given.model_copy(update={"masks": masks})) as own:
        given = {"customer.name": "Alice", "customer.names": "kept", "order": "of KD-12345678"}
        for_tempo, _ = sent_span(own, Span(name="GET KD-12345678", status=ERROR, attributes=given))
        held = mapping(for_tempo["attributes"])
        assert held == {"customer.name": "****", "customer.names": "kept", "order": "of ****"}
        assert for_tempo["name"] == "GET ****"
        # The platform's own names are never masked: logs are found and kept by them.
        sent_records(own, Record(body="found by its names"))
        ((given, _),) = [
            one for one in own.backends[LOKI].logs() if one[1]["body"]["stringValue"] == "found by its names"
        ]
        assert (given["service.name"], given["k8s.namespace.name"]) == ("shop", "shop")


def test_without_the_masks_the_same_lines_arrive_bare_so_these_tests_can_see(tmp_path):
    def unmasked(configuration):
        pipelines = configuration["service"]["pipelines"]
        pipelines["logs"]["processors"].remove("redaction/masks")
        pipelines["traces"]["processors"].remove("redaction/masks")
        pipelines["traces"]["processors"].remove("transform/span_texts")

    with Flow(tmp_path, configuration=unmasked) as bare:
        kept = sent_records(bare, *(Record(body=line) for line in GOLDEN))
        assert [one["body"]["stringValue"] for one in kept] == list(GOLDEN)
        for_tempo, _ = sent_span(bare, Span(name="GET bob@example.com", status=ERROR))
        assert for_tempo["name"] == "GET bob@example.com"
