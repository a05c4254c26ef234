"""How a function record looks to clients: handle metadata, full data, summary."""

from __future__ import annotations

from collections.abc import Iterable

from modal_proto import api_pb2

from ..world import Definition, FunctionRecord
from .base import RpcBase

MAX_OBJECT_SIZE_BYTES = 2 << 20
_FUNCTION_FIELDS = api_pb2.Function.DESCRIPTOR.fields_by_name
# Fields that the two messages have in common; ranked functions carry the rest.
_SHARED_FIELDS = [
    field.name
    for field in api_pb2.FunctionData.DESCRIPTOR.fields
    if field.name in _FUNCTION_FIELDS and field.name != "ranked_functions"
]


class FunctionViews(RpcBase):
    """Messages made from function records."""

    def function_metadata(self, record: FunctionRecord) -> api_pb2.FunctionHandleMetadata:
        """Returns the handle metadata of what runs."""
        live = Definition(record.definition_id, record.definition) if record.definition else None
        return self.metadata_with(record, live)

    def metadata_with(
        self, record: FunctionRecord, definition: Definition | None
    ) -> api_pb2.FunctionHandleMetadata:
        """Returns the handle metadata of the function with that definition (None = only precreated)."""
        function = definition.function if definition else None
        metadata = api_pb2.FunctionHandleMetadata(
            function_name=record.tag,
            function_type=record.function_type,
            web_url=record.web_urls.get("", ""),
            definition_id=definition.definition_id if definition else "",
            app_id=record.app_id,
            max_object_size_bytes=MAX_OBJECT_SIZE_BYTES,
            base_function_id=record.base_function_id,
            function_schema=record.schema,
        )
        methods = record.method_definitions
        if function is not None:
            metadata.web_url = function.web_url
            methods = dict(function.method_definitions)
            metadata.function_type = function.function_type
            metadata.is_method = function.is_method
            metadata._experimental_flash_urls.extend(function.flash_service_urls)
            metadata.supported_input_formats.extend(function.supported_input_formats)
            metadata.supported_output_formats.extend(function.supported_output_formats)
            _copy_if_set(function, metadata, "class_parameter_info")
            _copy_if_set(function, metadata, "function_schema")
        for name, method in methods.items():
            metadata.method_handle_metadata[name].CopyFrom(self._method_metadata(record, name, method))
        return metadata

    def function_data(self, record: FunctionRecord) -> api_pb2.FunctionData:
        """Returns everything known about the function."""
        if record.definition is None:
            return api_pb2.FunctionData(function_name=record.tag, function_type=record.function_type)
        return ranked(Definition(record.definition_id, record.definition, record.data))

    def function_summary(self, record: FunctionRecord) -> api_pb2.AppGetInfoResponse.FunctionInfoSummary:
        """Returns GPU choices, schedule and web facts of the function."""
        summary = api_pb2.AppGetInfoResponse.FunctionInfoSummary(web_function=bool(record.web_urls))
        data = self.function_data(record)
        for each in sorted(data.ranked_functions, key=lambda ranked_function: ranked_function.rank):
            if each.function.resources.gpu_config.count:
                summary.gpu_config.append(each.function.resources.gpu_config)
        if record.definition is None:
            return summary
        _copy_if_set(record.definition, summary, "schedule")
        if record.definition.is_server:
            summary.requires_proxy_auth = not record.definition.http_config.unauthenticated
        elif summary.web_function:
            methods = record.definition.method_definitions.values()
            summary.requires_proxy_auth = record.definition.webhook_config.requires_proxy_auth or any(
                method.webhook_config.requires_proxy_auth for method in methods
            )
        if record.definition.is_server:
            summary.requires_proxy_auth = not record.definition.http_config.unauthenticated
        return summary

    def _method_metadata(
        self, record: FunctionRecord, name: str, method: api_pb2.MethodDefinition
    ) -> api_pb2.FunctionHandleMetadata:
        return api_pb2.FunctionHandleMetadata(
            function_name=method.function_name or f"{record.tag.partition('.')[0]}.{name}",
            function_type=method.function_type,
            web_url=record.web_urls.get(name, ""),
            is_method=True,
            use_method_name=name,
            app_id=record.app_id,
            max_object_size_bytes=MAX_OBJECT_SIZE_BYTES,
            function_schema=method.function_schema if method.HasField("function_schema") else None,
            supported_input_formats=method.supported_input_formats,
            supported_output_formats=method.supported_output_formats,
        )


def ranked(definition: Definition) -> api_pb2.FunctionData:
    """Returns the definition as FunctionData, which always has at least one ranked function."""
    data = api_pb2.FunctionData()
    if definition.data is not None:
        data.CopyFrom(definition.data)
        return data
    function = definition.function
    for name in _SHARED_FIELDS:
        _copy_field(function, data, name)
    data.ranked_functions.add(rank=0, function=function)
    return data


def method_definitions(
    target: api_pb2.Function | api_pb2.FunctionData,
) -> Iterable[tuple[str, api_pb2.MethodDefinition]]:
    """Yields the method definitions in place, so that they can be filled in."""
    for name in list(target.method_definitions):
        yield name, target.method_definitions[name]


def _copy_field(source: api_pb2.Function, target: api_pb2.FunctionData, name: str) -> None:
    field = _FUNCTION_FIELDS[name]
    if field.message_type and field.message_type.GetOptions().map_entry:
        getattr(target, name).MergeFrom(getattr(source, name))
    elif field.is_repeated:
        getattr(target, name).extend(getattr(source, name))
    elif field.message_type:
        _copy_if_set(source, target, name)
    else:
        setattr(target, name, getattr(source, name))


def _copy_if_set(source: object, target: object, name: str) -> None:
    if source.HasField(name):
        getattr(target, name).CopyFrom(getattr(source, name))
