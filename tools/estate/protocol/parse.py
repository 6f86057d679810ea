"""From an HTTP request to parameters in the shape of botocore's input, for every AWS protocol."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree

from tools.estate.errors import AwsError
from tools.estate.protocol import cbor
from tools.estate.protocol.models import CBOR_PROTOCOL, uri_values
from tools.estate.protocol.wire import WireRequest

if TYPE_CHECKING:
    from botocore.model import OperationModel


def parse(operation: OperationModel, protocol: str, request: WireRequest) -> dict[str, Any]:
    """The parameters of a request, not yet validated; raises SerializationException for what cannot be read."""
    shape = operation.input_shape
    if shape is None:
        return {}
    if protocol in ("json", CBOR_PROTOCOL):
        params: dict[str, Any] = _tree(shape, _document(protocol, request.body), "")
        return params
    if protocol in ("query", "ec2"):
        return _flat_structure(shape, request.form, "", protocol == "ec2")
    return _rest(operation, shape, protocol, request)


def _bad(message: str) -> AwsError:
    return AwsError("SerializationException", message)


def _document(protocol: str, body: bytes) -> Any:
    if not body:
        return {}
    try:
        return cbor.loads(body) if protocol == CBOR_PROTOCOL else json.loads(body)
    except ValueError as error:
        raise _bad(f"the request body is not well-formed: {error}") from error


def timestamp(value: Any) -> datetime:
    """An AWS timestamp (epoch seconds, ISO 8601, RFC 822) as an aware UTC datetime."""
    if isinstance(value, datetime):
        return value
    from botocore.utils import parse_timestamp

    try:
        parsed = parse_timestamp(value)
    except (ValueError, TypeError) as error:
        raise _bad(f"{value!r} is not a timestamp") from error
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}


def _tree(shape: Any, value: Any, path: str) -> Any:
    """A JSON or CBOR value in the types of ``shape``; members that the model does not know are dropped, as AWS does."""
    kind = shape.type_name
    expected = _PYTHON_TYPES.get(kind)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean")):
        raise _bad(f"{path or 'the request'}: got {type(value).__name__}, expected {kind}")
    if kind == "structure":
        return {
            name: _tree(member, value[key], f"{path}.{name}" if path else name)
            for name, member in shape.members.items()
            if value.get(key := member.serialization.get("name", name)) is not None
        }
    if kind == "list":
        return [_tree(shape.member, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if kind == "map":
        return {key: _tree(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    if kind == "timestamp":
        return timestamp(value)
    if kind == "blob" and isinstance(value, str):
        return _blob(value)
    if kind in ("float", "double"):
        return float(value)
    return value


def _blob(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise _bad("a blob is not base64") from error


def _scalar(shape: Any, text: str) -> Any:
    """A value that arrived as text: in a form, a header, a path or XML."""
    kind = shape.type_name
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError as error:
        raise AwsError("MalformedInput", f"{text!r} is not a number") from error
    if kind == "boolean":
        return text.lower() == "true"
    if kind == "timestamp":
        return timestamp(text)
    return _blob(text) if kind == "blob" else text


def _flat_structure(shape: Any, form: dict[str, str], prefix: str, ec2: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, member in shape.members.items():
        key = _flat_name(member, name, ec2)
        value = _flat(member, form, f"{prefix}.{key}" if prefix else key, ec2)
        if value is not None:
            out[name] = value
    return out


def _flat_name(member: Any, name: str, ec2: bool) -> str:
    serialized = member.serialization
    if member.type_name == "list" and serialized.get("flattened") and not ec2:
        return str(member.member.serialization.get("name", serialized.get("name", name)))
    if not ec2:
        return str(serialized.get("name", name))
    if "queryName" in serialized:
        return str(serialized["queryName"])
    title = str(serialized.get("name", name))
    return title[:1].upper() + title[1:]


def _flat(shape: Any, form: dict[str, str], prefix: str, ec2: bool) -> Any:
    if shape.type_name not in ("structure", "list", "map"):
        return None if prefix not in form else _scalar(shape, form[prefix])
    if not any(key == prefix or key.startswith(prefix + ".") for key in form):
        return None
    if shape.type_name == "structure":
        return _flat_structure(shape, form, prefix, ec2)
    flattened = ec2 or shape.serialization.get("flattened")
    if shape.type_name == "list":
        stem = prefix if flattened else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        return [_flat(shape.member, form, f"{stem}.{index}", ec2) for index in _indices(form, stem)]
    stem = prefix if flattened else f"{prefix}.entry"
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    return {
        form[f"{stem}.{index}.{key_name}"]: _flat(shape.value, form, f"{stem}.{index}.{value_name}", ec2)
        for index in _indices(form, stem)
    }


def _indices(form: dict[str, str], stem: str) -> list[int]:
    pattern = re.compile(re.escape(stem) + r"\.(\d+)(?:\.|$)")
    return sorted({int(match[1]) for key in form if (match := pattern.match(key))})


def _rest(operation: OperationModel, shape: Any, protocol: str, request: WireRequest) -> dict[str, Any]:
    labels = uri_values(operation, request.path)
    out: dict[str, Any] = {}
    body_members = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        key = member.serialization.get("name", name)
        if location == "uri" and key in labels:
            out[name] = _scalar(member, unquote(labels[key]))
        elif location == "querystring":
            value = _query_member(member, key, request.query_args)
            if value is not None:
                out[name] = value
        elif location == "header" and key.lower() in request.headers:
            text = request.headers[key.lower()]
            if member.type_name == "list":
                out[name] = [_scalar(member.member, item.strip()) for item in text.split(",")]
            else:
                out[name] = _scalar(member, text)
        elif location == "headers":
            stem = key.lower()
            out[name] = {k[len(stem) :]: v for k, v in request.headers.items() if k.startswith(stem)}
        elif location is None:
            body_members[name] = member
    payload = shape.serialization.get("payload")
    if payload:
        if request.body:
            out[payload] = _body(shape.members[payload], protocol, request.body)
    elif body_members and request.body:
        parsed = _body(shape, protocol, request.body)
        out.update({name: parsed[name] for name in body_members if name in parsed})
    return out


def _query_member(member: Any, key: str, args: dict[str, list[str]]) -> Any:
    if member.type_name == "map":
        return {name: values[0] for name, values in args.items()} or None
    if key not in args:
        return None
    if member.type_name == "list":
        return [_scalar(member.member, item) for item in args[key]]
    return _scalar(member, args[key][0])


def _body(shape: Any, protocol: str, body: bytes) -> Any:
    if shape.type_name == "blob":
        return body
    if shape.type_name == "string":
        return body.decode("utf-8", "replace")
    if protocol == "rest-json":
        return _tree(shape, _document("json", body), "")
    try:
        return _xml(shape, ElementTree.fromstring(body))  # noqa: S314 - the endpoint hears this process only
    except ElementTree.ParseError as error:
        raise AwsError("MalformedXML", f"the request body is not well-formed XML: {error}") from error


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _xml(shape: Any, element: ElementTree.Element) -> Any:
    if shape.type_name == "structure":
        out: dict[str, Any] = {}
        for name, member in shape.members.items():
            key = str(member.serialization.get("name", name)).rpartition(":")[2]
            if member.serialization.get("xmlAttribute"):
                found = [value for attr, value in element.attrib.items() if attr.rpartition("}")[2] == key]
                if found:
                    out[name] = found[0]
                continue
            if member.type_name == "list" and member.serialization.get("flattened"):
                key = member.member.serialization.get("name", key)
                items = [_xml(member.member, child) for child in element if _local(child) == key]
                if items:
                    out[name] = items
                continue
            children = [child for child in element if _local(child) == key]
            if children:
                out[name] = _xml(member, children[0])
        return out
    if shape.type_name == "list":
        return [_xml(shape.member, child) for child in element]
    if shape.type_name == "map":
        return {entry[0].text or "": _xml(shape.value, entry[1]) for entry in element}
    return _scalar(shape, element.text or "")
