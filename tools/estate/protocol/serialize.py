"""From a handler's result, or an error, to an HTTP response in the protocol that the caller speaks.

A key that botocore's output shape does not have is refused: a misspelt member would otherwise reach the reader as
a missing value.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from tools.estate.errors import DEFECT, AwsError
from tools.estate.protocol import cbor
from tools.estate.protocol.models import CBOR_PROTOCOL
from tools.estate.protocol.wire import WireResponse

if TYPE_CHECKING:
    from botocore.model import OperationModel

_SERVER_FAULT = 500


def result(operation: OperationModel, protocol: str, value: Mapping[str, Any], request_id: str) -> WireResponse:
    """A successful response; raises :class:`AwsError` ``SampleEstateDefect`` if ``value`` breaks the output shape."""
    shape = operation.output_shape
    if protocol in ("json", CBOR_PROTOCOL):
        return _document(protocol, {} if shape is None else _tree(shape, value, protocol, operation.name))
    if protocol in ("query", "ec2"):
        return _query_result(operation, protocol, value, request_id)
    return _rest_result(operation, protocol, value)


def error(service: str, protocol: str, fault: AwsError, request_id: str) -> WireResponse:
    """An error response; ``fault.status`` below 400 is a defect of the caller and raises ValueError."""
    if fault.status < 400:
        raise ValueError(f"got status {fault.status} for error {fault.code}, expected 400 or more")
    if protocol == CBOR_PROTOCOL:
        body = cbor.dumps({"__type": fault.code, "message": fault.message})
        return WireResponse(fault.status, body, _cbor_headers())
    if protocol in ("json", "rest-json"):
        document = {"__type": fault.code, "message": fault.message, "Message": fault.message}
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": fault.code}
        return WireResponse(fault.status, json.dumps(document).encode(), headers)
    leaf = ElementTree.Element("Error")
    ElementTree.SubElement(leaf, "Code").text = fault.code
    ElementTree.SubElement(leaf, "Message").text = fault.message
    if service == "s3":
        ElementTree.SubElement(leaf, "RequestId").text = request_id
        return _xml_response(fault.status, leaf)
    if protocol == "ec2":
        root = ElementTree.Element("Response")
        ElementTree.SubElement(root, "Errors").append(leaf)
        ElementTree.SubElement(root, "RequestID").text = request_id
        return _xml_response(fault.status, root)
    root = ElementTree.Element("ErrorResponse")
    kind = ElementTree.Element("Type")
    kind.text = "Receiver" if fault.status >= _SERVER_FAULT else "Sender"
    leaf.insert(0, kind)
    root.append(leaf)
    ElementTree.SubElement(root, "RequestId").text = request_id
    return _xml_response(fault.status, root)


def _cbor_headers() -> dict[str, str]:
    return {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


def _document(protocol: str, tree: Any) -> WireResponse:
    if protocol == CBOR_PROTOCOL:
        return WireResponse(200, cbor.dumps(tree), _cbor_headers())
    return WireResponse(200, json.dumps(tree).encode(), {"content-type": "application/x-amz-json-1.1"})


def _xml_response(status: int, root: ElementTree.Element) -> WireResponse:
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return WireResponse(status, body, {"content-type": "text/xml"})


def _defect(path: str, got: str, expected: str) -> AwsError:
    return AwsError(DEFECT, f"{path}: the handler returned {got}, expected {expected}", 501)


def _known(shape: Any, value: Any, path: str) -> None:
    if not isinstance(value, Mapping):
        raise _defect(path, type(value).__name__, "a dictionary")
    unknown = set(value) - set(shape.members)
    if unknown:
        raise _defect(path, f"unknown members {sorted(unknown)}", f"only {sorted(shape.members)}")


def _when(value: Any, style: str, path: str) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _defect(path, repr(value), "an aware datetime")
    if style == "cbor":
        return value
    if style == "unixtimestamp":
        seconds = value.timestamp()
        return int(seconds) if seconds.is_integer() else seconds
    if style == "rfc822":
        return format_datetime(value.astimezone(UTC), usegmt=True)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "blob": (bytes, str),
}


def _scalar(shape: Any, value: Any, path: str) -> Any:
    checked: Any = value
    expected = _SCALARS[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise _defect(path, repr(value)[:80], shape.type_name)
    return float(checked) if shape.type_name in ("float", "double") else checked


def _tree(shape: Any, value: Any, protocol: str, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        _known(shape, value, path)
        return {
            member.serialization.get("name", name): _tree(member, value[name], protocol, f"{path}.{name}")
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "list":
        if not isinstance(value, (list, tuple)):
            raise _defect(path, type(value).__name__, "a list")
        return [_tree(shape.member, item, protocol, f"{path}[{index}]") for index, item in enumerate(value)]
    if kind == "map":
        return {key: _tree(shape.value, item, protocol, f"{path}.{key}") for key, item in value.items()}
    if kind == "timestamp":
        style = shape.serialization.get("timestampFormat", "unixtimestamp")
        return _when(value, "cbor" if protocol == CBOR_PROTOCOL else style, path)
    checked = _scalar(shape, value, path)
    if kind == "blob":
        data = checked.encode() if isinstance(checked, str) else checked
        return data if protocol == CBOR_PROTOCOL else base64.b64encode(data).decode()
    return checked


def _text(shape: Any, value: Any, path: str, style: str = "iso8601") -> str:
    if shape.type_name == "timestamp":
        return str(_when(value, shape.serialization.get("timestampFormat", style), path))
    checked = _scalar(shape, value, path)
    if isinstance(checked, bool):
        return "true" if checked else "false"
    if shape.type_name == "blob":
        return base64.b64encode(checked.encode() if isinstance(checked, str) else checked).decode()
    return str(checked)


def _element(parent: ElementTree.Element, shape: Any, value: Any, name: str, path: str) -> None:
    """Append ``value`` to ``parent`` under ``name``, as the XML protocols write it."""
    kind, serialized = shape.type_name, shape.serialization
    if kind == "list":
        item_name = shape.member.serialization.get("name", "member")
        if serialized.get("flattened"):
            item_name, node = shape.member.serialization.get("name", name), parent
        else:
            node = ElementTree.SubElement(parent, name)
        for index, item in enumerate(value):
            _element(node, shape.member, item, item_name, f"{path}[{index}]")
    elif kind == "map":
        flattened = serialized.get("flattened")
        node = parent if flattened else ElementTree.SubElement(parent, name)
        for key, item in value.items():
            entry = ElementTree.SubElement(node, name if flattened else "entry")
            _element(entry, shape.key, key, shape.key.serialization.get("name", "key"), path)
            _element(entry, shape.value, item, shape.value.serialization.get("name", "value"), f"{path}.{key}")
    elif kind == "structure":
        _members(ElementTree.SubElement(parent, name), shape, value, path)
    else:
        ElementTree.SubElement(parent, name).text = _text(shape, value, path)


def _members(node: ElementTree.Element, shape: Any, value: Any, path: str, only_body: bool = False) -> None:
    _known(shape, value, path)
    for name, member in shape.members.items():
        if value.get(name) is None or (only_body and member.serialization.get("location")):
            continue
        if member.serialization.get("xmlAttribute"):
            attribute = str(member.serialization["name"])
            if attribute.startswith("xsi:"):
                # S3 writes the kind of a grantee so; without the namespace the document is not well-formed.
                node.set("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
            node.set(attribute, _text(member, value[name], path))
            continue
        _element(node, member, value[name], member.serialization.get("name", name), f"{path}.{name}")


def _query_result(operation: OperationModel, protocol: str, value: Mapping[str, Any], request_id: str) -> WireResponse:
    root = ElementTree.Element(f"{operation.name}Response")
    namespace = operation.service_model.metadata.get("xmlNamespace")
    if namespace:
        root.set("xmlns", namespace)
    shape: Any = operation.output_shape
    node = root
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper")
        if wrapper and protocol == "query":
            node = ElementTree.SubElement(root, wrapper)
        _members(node, shape, value, operation.name)
    if protocol == "ec2":
        ElementTree.SubElement(root, "requestId").text = request_id
    else:
        metadata = ElementTree.SubElement(root, "ResponseMetadata")
        ElementTree.SubElement(metadata, "RequestId").text = request_id
    return _xml_response(200, root)


def _rest_result(operation: OperationModel, protocol: str, value: Mapping[str, Any]) -> WireResponse:
    shape: Any = operation.output_shape
    if shape is None:
        return WireResponse(int(operation.http.get("responseCode", 200)))
    _known(shape, value, operation.name)
    status, headers = int(operation.http.get("responseCode", 200)), {}
    for name, member in shape.members.items():
        location, item = member.serialization.get("location"), value.get(name)
        if item is None:
            continue
        if location == "header":
            headers[str(member.serialization.get("name", name)).lower()] = _text(member, item, name, "rfc822")
        elif location == "headers":
            headers.update({f"{member.serialization.get('name', '')}{k}".lower(): str(v) for k, v in item.items()})
        elif location == "statusCode":
            status = int(item)
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name in ("blob", "string"):
        data = value.get(payload, b"")
        headers.setdefault("content-type", "application/octet-stream")
        return WireResponse(status, data.encode() if isinstance(data, str) else data, headers)
    body_shape, body = (shape.members[payload], value.get(payload)) if payload else (shape, value)
    if protocol == "rest-json":
        content = {k: v for k, v in (body or {}).items() if payload or not _placed(shape, k)}
        tree = _tree(body_shape, content, protocol, operation.name)
        return WireResponse(status, json.dumps(tree).encode(), {"content-type": "application/json", **headers})
    name = str(body_shape.serialization.get("name", f"{operation.name}Result" if payload is None else payload))
    root = ElementTree.Element(name)
    if body is not None:
        _members(root, body_shape, body, operation.name, only_body=not payload)
    response = _xml_response(status, root)
    return WireResponse(status, response.body, {**response.headers, **headers})


def _placed(shape: Any, name: str) -> bool:
    return bool(shape.members[name].serialization.get("location"))
