"""What the sample cannot answer is named as botocore names it, for every REST operation that botocore has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from tests.tools.estate.conftest import Clients
from tools.estate.protocol import models
from tools.estate.protocol.signing import REST_SERVICES
from tools.estate.protocol.wire import Scope, WireRequest
from tools.estate.server import SampleEstate
from tools.sessions import botocore_session

MESSAGES = [{"role": "user", "content": [{"text": "hello"}]}]
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("bedrock-runtime", "Converse", {"modelId": "eu.amazon.nova-lite-v1:0", "messages": MESSAGES}),
    ("bedrock-runtime", "InvokeModel", {"modelId": "arn:aws:bedrock:eu-west-1:1:x/y", "body": b"{}"}),
    ("bedrock-agent", "ListKnowledgeBases", {}),
    ("bedrock-agentcore", "InvokeAgentRuntime", {"agentRuntimeArn": "arn:aws:x:y:z:r", "payload": b"{}"}),
    ("apigatewayv2", "GetApis", {}),
    ("amp", "ListWorkspaces", {}),
    ("opensearch", "ListDomainNames", {}),
    ("mwaa", "ListEnvironments", {}),
    ("sesv2", "ListEmailIdentities", {}),
    ("efs", "DescribeFileSystems", {}),
    ("s3", "ListDirectoryBuckets", {}),
    ("batch", "DescribeJobQueues", {}),
]


@pytest.mark.parametrize(("service", "operation", "given"), CALLS)
def test_the_refusal_names_service_and_operation(
    client: Clients, service: str, operation: str, given: dict[str, Any]
) -> None:
    there = client(service, inject_host_prefix=False)
    with pytest.raises(ClientError, match=f"{service}:{operation} has no data in the sample estate") as refused:
        there._make_api_call(operation, given)
    assert refused.value.response["Error"]["Code"] == "NotInSampleEstate"


def test_a_path_of_no_service_is_shown_as_it_came(client: Clients) -> None:
    there = client("bedrock-runtime")
    there.meta.events.register("before-sign.bedrock-runtime", _astray)
    with pytest.raises(ClientError, match=r"bedrock:\(unrecognised operation POST /nowhere\)"):
        there.converse(modelId="m", messages=MESSAGES)


def _astray(request: Any, **_: Any) -> None:
    request.url = re.sub(r"/model/.*", "/nowhere", request.url)


def test_what_a_client_of_s3_made_of_the_model_misleads_nobody(estate: SampleEstate) -> None:
    there = botocore_session().create_client(
        "s3", "eu-west-1", endpoint_url=estate.endpoint, aws_access_key_id="k", aws_secret_access_key="s"
    )
    with pytest.raises(ClientError):
        there.get_object(Bucket="no-such-bucket-here", Key="k")  # from now on, the model has none
    assert "Bucket" not in there.meta.service_model.operation_model("GetObject").http["requestUri"]
    models._routes.cache_clear()
    assert models.named(Scope("k", "eu-west-1", "s3"), WireRequest("GET", "/some-bucket", "")) == ("s3", "ListObjects")


@pytest.mark.slow
def test_every_rest_operation_of_botocore_is_recognised() -> None:
    """Of operations that share method and path, also between services that share a signing name, one is named."""
    loader = Session().get_component("data_loader")
    table: dict[str, list[str]] = {}
    places: dict[tuple[str, str, str], set[str]] = {}
    asked: list[tuple[str, str, str, str, str]] = []
    for service in loader.list_available_services("service-2"):
        described = loader.load_service_model(service, "service-2")
        metadata = described["metadata"]
        if not metadata["protocol"].startswith("rest"):
            continue
        signs = metadata.get("signingName") or metadata["endpointPrefix"]
        table.setdefault(signs, []).append(service)
        for operation, had in described["operations"].items():
            method, uri = had["http"]["method"], had["http"]["requestUri"]
            if "authPath" in had["http"]:  # a client that asked it in this process took the bucket out of its path
                _, mark, query = uri.partition("?")
                uri = f"{had['http']['authPath'].rstrip('/')}{mark}{query}"
            places.setdefault((signs, method, _bare(uri)), set()).add(f"{service}:{operation}")
            asked.append((signs, service, operation, method, uri))
    wanted = {name: tuple(sorted(found, key=lambda one: (one != name, one))) for name, found in table.items()}
    assert {name: found for name, found in wanted.items() if found != (name,)} == REST_SERVICES
    unnamed = []
    for signs, service, operation, method, uri in asked:
        if service == "s3control":
            continue  # told from s3 by its header or path, below which names repeat
        path, _, query = re.sub(r"\{[^}]+\}", "abc-1", uri).partition("?")
        found = models.named(Scope("k", "eu-west-1", signs), WireRequest(method, path, query))
        if ":".join(found) not in places[signs, method, _bare(uri)]:
            unnamed.append((service, operation, method, uri, found))
    assert not unnamed, (len(unnamed), unnamed[:20])


def _bare(uri: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", uri).rstrip("/")
