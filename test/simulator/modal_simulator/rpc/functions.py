"""Functions and classes: creation and look-up."""

from __future__ import annotations

from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..gpus import gpu_problem
from ..world import App, Definition, FunctionRecord, Version, new_id
from .base import invalid, no_buckets, not_found, unary
from .function_views import FunctionViews, method_definitions, ranked

CLOUDS = frozenset({"", "aws", "gcp", "oci", "auto", "azure"})


class FunctionRpcs(FunctionViews):
    """Functions and classes."""

    @unary
    async def FunctionPrecreate(
        self, request: api_pb2.FunctionPrecreateRequest
    ) -> api_pb2.FunctionPrecreateResponse:
        app = self.app(request.app_id)
        record = self._function_record(app, request.existing_function_id, request.function_name)
        record.function_type = request.function_type
        record.schema = request.function_schema if request.HasField("function_schema") else None
        record.method_definitions = dict(request.method_definitions)
        record.webhook_config = request.webhook_config if request.HasField("webhook_config") else None
        self._allocate_web_urls(record)
        metadata = self.metadata_with(record, None)
        metadata.supported_input_formats.extend(request.supported_input_formats)
        metadata.supported_output_formats.extend(request.supported_output_formats)
        return api_pb2.FunctionPrecreateResponse(function_id=record.function_id, handle_metadata=metadata)

    @unary
    async def FunctionCreate(self, request: api_pb2.FunctionCreateRequest) -> api_pb2.FunctionCreateResponse:
        app = self.app(request.app_id)
        if not request.HasField("function") and not request.function_data.ranked_functions:
            raise invalid("A function needs a definition")
        definition = _definition(request)
        self._check_resources(definition)
        function = definition.function
        record = self._function_record(app, request.existing_function_id, function.function_name)
        record.webhook_config = function.webhook_config if function.HasField("webhook_config") else None
        record.method_definitions = dict(function.method_definitions)
        record.function_type = function.function_type
        self._allocate_web_urls(record, is_server=function.is_server)
        self._fill_web_urls(record, definition)
        record.pending = definition
        if function.is_builder_function:
            record.definition, record.definition_id = function, definition.definition_id
        data = ranked(definition)
        return api_pb2.FunctionCreateResponse(
            function_id=record.function_id,
            function=function,
            function_data=data,
            handle_metadata=self.metadata_with(record, definition),
        )

    @unary
    async def ClassCreate(self, request: api_pb2.ClassCreateRequest) -> api_pb2.ClassCreateResponse:
        app = self.app(request.app_id)
        class_id = request.existing_class_id or new_id("cs")
        self.world.classes[class_id] = app.app_id
        return api_pb2.ClassCreateResponse(class_id=class_id, handle_metadata=api_pb2.ClassHandleMetadata())

    @unary
    async def ClassGet(self, request: api_pb2.ClassGetRequest) -> api_pb2.ClassGetResponse:
        app, version = self._pinned_version(request.app_name, request.environment_name, request.app_version)
        class_ids = version.class_ids if version else app.class_ids
        class_id = class_ids.get(request.object_tag)
        if class_id is None:
            raise not_found(f"Class '{request.object_tag}' not found in app '{request.app_name}'")
        return api_pb2.ClassGetResponse(class_id=class_id, handle_metadata=api_pb2.ClassHandleMetadata())

    @unary
    async def FunctionGet(self, request: api_pb2.FunctionGetRequest) -> api_pb2.FunctionGetResponse:
        app, version = self._pinned_version(request.app_name, request.environment_name, request.app_version)
        function_ids = version.function_ids if version else app.function_ids
        function_id = function_ids.get(request.object_tag)
        if function_id is None:
            raise not_found(f"Function '{request.object_tag}' not found in app '{request.app_name}'")
        record = self.function(function_id)
        return api_pb2.FunctionGetResponse(
            function_id=function_id,
            handle_metadata=self.function_metadata(record),
            function=self.function_data(record),
        )

    @unary
    async def FunctionGetById(
        self, request: api_pb2.FunctionGetByIdRequest
    ) -> api_pb2.FunctionGetByIdResponse:
        record = self.function(request.function_id)
        return api_pb2.FunctionGetByIdResponse(
            function=self.function_data(record), handle_metadata=self.function_metadata(record)
        )

    @unary
    async def FunctionGetSerialized(
        self, request: api_pb2.FunctionGetSerializedRequest
    ) -> api_pb2.FunctionGetSerializedResponse:
        definition = self.function(request.function_id).definition
        if definition is None:
            raise not_found(f"Function '{request.function_id}' has no definition")
        return api_pb2.FunctionGetSerializedResponse(
            function_serialized=definition.function_serialized, class_serialized=definition.class_serialized
        )

    @unary
    async def FunctionListVariants(
        self, request: api_pb2.FunctionListVariantsRequest
    ) -> api_pb2.FunctionListVariantsResponse:
        self.function(request.function_id)
        return api_pb2.FunctionListVariantsResponse()

    def _function_record(self, app: App, existing_id: str, tag: str) -> FunctionRecord:
        record = self.world.functions.get(existing_id) if existing_id else None
        if record is not None and record.app_id != app.app_id:
            raise GRPCError(Status.PERMISSION_DENIED, f"Function '{existing_id}' belongs to another app")
        if record is None:
            record = FunctionRecord(function_id=new_id("fu"), app_id=app.app_id, tag=tag)
            self.world.functions[record.function_id] = record
        return record

    def _pinned_version(self, name: str, environment: str, number: int) -> tuple[App, Version | None]:
        environment = self.environment(environment).name
        app = self.world.deployed_app(name, environment)
        if app is None:
            raise not_found(f"App '{name}' not found in environment '{environment}'")
        if not number:
            return app, None
        self.require_plan("Pinned versions")
        for version in app.history:
            if version.number == number:
                return app, version
        raise not_found(f"Version {number} of app '{name}' not found")

    def _allocate_web_urls(self, record: FunctionRecord, is_server: bool = False) -> None:
        urls: dict[str, str] = {}
        if is_server or (record.webhook_config is not None and record.webhook_config.type):
            urls[""] = self.scheduler.allocate_web_url(record.app_id, record.tag)
        for method, definition in record.method_definitions.items():
            if definition.webhook_config.type:
                urls[method] = self.scheduler.allocate_web_url(record.app_id, record.tag, method)
        record.web_urls = urls

    def _fill_web_urls(self, record: FunctionRecord, definition: Definition) -> None:
        targets = [definition.function]
        if definition.data is not None:
            targets += [definition.data, *(each.function for each in definition.data.ranked_functions)]
        for target in targets:
            own = record.web_urls.get("", "")
            # A server has an address of another kind, and no other.
            del target.flash_service_urls[:]
            if target.is_server:
                target.flash_service_urls.append(own)
            elif own:
                target.web_url = own
                target.web_url_info.CopyFrom(api_pb2.WebUrlInfo())
            for method, method_definition in method_definitions(target):
                method_definition.web_url = record.web_urls.get(method, "")

    def _check_resources(self, definition: Definition) -> None:
        data = definition.data
        functions = [each.function for each in data.ranked_functions] if data else [definition.function]
        no_buckets(definition.function.cloud_bucket_mounts)
        for function in functions:
            gpu = function.resources.gpu_config
            if gpu.count and (problem := gpu_problem(gpu.gpu_type, gpu.count, self.faults.refused_gpus)):
                raise invalid(problem)
            if function.cloud_provider_str.lower() not in CLOUDS:
                raise invalid(f"Not a valid cloud provider: '{function.cloud_provider_str}'")


def _definition(request: api_pb2.FunctionCreateRequest) -> Definition:
    data: api_pb2.FunctionData | None = None
    function = api_pb2.Function()
    if request.HasField("function"):
        function.CopyFrom(request.function)
    else:
        data = api_pb2.FunctionData()
        data.CopyFrom(request.function_data)
        first = min(data.ranked_functions, key=lambda each: each.rank)
        function.CopyFrom(first.function)
    if request.HasField("schedule") and not function.HasField("schedule"):
        function.schedule.CopyFrom(request.schedule)
    return Definition(definition_id=new_id("de"), function=function, data=data)
