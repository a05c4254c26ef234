"""Deployed apps out of nothing, for benches of lists and trees."""

from __future__ import annotations

import time

from modal_proto import api_pb2

from .world import App, Definition, FunctionRecord, Version, World, new_id

GPUS = ("", "T4", "L4", "A10", "A100-80GB", "H100")


def generate_apps(world: World, environment: str, count: int, functions_per_app: int) -> list[str]:
    """Adds apps named generated-0000… with functions that have no code; returns the app ids."""
    first = sum(1 for each in world.apps.values() if each.name.startswith("generated-"))
    return [
        _generate_app(world, environment, f"generated-{number:04d}", functions_per_app)
        for number in range(first, first + count)
    ]


def _generate_app(world: World, environment: str, name: str, functions: int) -> str:
    app = App(new_id("ap"), environment, name, api_pb2.APP_STATE_DEPLOYED, name=name)
    definitions: dict[str, Definition] = {}
    for number in range(functions):
        tag = f"function_{number}"
        definition = _definition(tag, name, GPUS[number % len(GPUS)])
        record = FunctionRecord(
            new_id("fu"),
            app.app_id,
            tag,
            definition=definition.function,
            definition_id=definition.definition_id,
            function_type=api_pb2.Function.FUNCTION_TYPE_FUNCTION,
        )
        world.functions[record.function_id] = record
        app.function_ids[tag] = record.function_id
        definitions[record.function_id] = definition
    app.history.append(
        Version(
            number=1,
            deployed_at=time.time(),
            deployed_by=world.user,
            client_version="",
            deployment_type=api_pb2.DEPLOYMENT_TYPE_STANDARD,
            function_ids=dict(app.function_ids),
            class_ids={},
            definitions=definitions,
        )
    )
    world.apps[app.app_id] = app
    return app.app_id


def _definition(tag: str, app_name: str, gpu: str) -> Definition:
    function = api_pb2.Function(
        module_name="generated",
        function_name=tag,
        app_name=app_name,
        function_type=api_pb2.Function.FUNCTION_TYPE_FUNCTION,
    )
    if gpu:
        function.resources.gpu_config.CopyFrom(api_pb2.GPUConfig(gpu_type=gpu, count=1))
    return Definition(new_id("de"), function)
