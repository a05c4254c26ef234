"""Apps from creation to end: deployments, history, rollback, failed deployments, silent clients."""

from __future__ import annotations

import time

import pytest
from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.rpc.lifecycle import SILENT_SECONDS
from modal_simulator.server import Simulator

pytestmark = pytest.mark.asyncio


async def create_app(stub: ModalClientStub, name: str, state: int = api_pb2.APP_STATE_INITIALIZING) -> str:
    response = await stub.AppCreate(api_pb2.AppCreateRequest(description=name, app_state=state))
    return response.app_id


async def create_function(
    stub: ModalClientStub, app_id: str, existing: str = "", **fields: object
) -> api_pb2.FunctionCreateResponse:
    announced = await stub.FunctionPrecreate(
        api_pb2.FunctionPrecreateRequest(app_id=app_id, function_name="f", existing_function_id=existing)
    )
    function = api_pb2.Function(function_name="f", module_name="m", **fields)
    return await stub.FunctionCreate(
        api_pb2.FunctionCreateRequest(
            app_id=app_id, function=function, existing_function_id=announced.function_id
        )
    )


async def publish(
    stub: ModalClientStub, app_id: str, name: str, function_id: str, tag: str = ""
) -> api_pb2.AppPublishResponse:
    return await stub.AppPublish(
        api_pb2.AppPublishRequest(
            app_id=app_id,
            name=name,
            app_state=api_pb2.APP_STATE_DEPLOYED,
            function_ids={"f": function_id},
            deployment_tag=tag,
        )
    )


async def history(stub: ModalClientStub, app_id: str) -> api_pb2.AppDeploymentHistoryResponse:
    return await stub.AppDeploymentHistory(api_pb2.AppDeploymentHistoryRequest(app_id=app_id))


async def timeout_of(stub: ModalClientStub, function_id: str) -> int:
    response = await stub.FunctionGetById(api_pb2.FunctionGetByIdRequest(function_id=function_id))
    return response.function.timeout_secs


async def test_a_deployment_is_found_by_name_with_its_functions(stub: ModalClientStub) -> None:
    app_id = await create_app(stub, "a")
    created = await create_function(stub, app_id, timeout_secs=100)
    published = await publish(stub, app_id, "a", created.function_id)
    assert abs(published.deployed_at - time.time()) < 60
    found = await stub.AppGetByDeploymentName(api_pb2.AppGetByDeploymentNameRequest(name="a"))
    assert (found.app_id, found.environment_name) == (app_id, "main")
    listed = await stub.AppList(api_pb2.AppListRequest())
    assert [(each.name, each.state) for each in listed.apps] == [("a", api_pb2.APP_STATE_DEPLOYED)]
    layout = await stub.AppGetLayout(api_pb2.AppGetLayoutRequest(app_id=app_id))
    assert dict(layout.app_layout.function_ids) == {"f": created.function_id}
    got = await stub.FunctionGet(api_pb2.FunctionGetRequest(app_name="a", object_tag="f"))
    assert got.handle_metadata.definition_id == created.handle_metadata.definition_id


async def test_a_function_is_unchanged_until_its_new_version_is_published(stub: ModalClientStub) -> None:
    app_id = await create_app(stub, "a")
    first = await create_function(stub, app_id, timeout_secs=100)
    await publish(stub, app_id, "a", first.function_id)
    second = await create_function(stub, app_id, first.function_id, timeout_secs=200)
    assert second.function_id == first.function_id
    assert await timeout_of(stub, first.function_id) == 100
    # A deployment that fails here leaves the app as it was.
    await stub.AppClientDisconnect(
        api_pb2.AppClientDisconnectRequest(
            app_id=app_id, reason=api_pb2.APP_DISCONNECT_REASON_DEPLOYMENT_EXCEPTION
        )
    )
    assert await timeout_of(stub, first.function_id) == 100
    await publish(stub, app_id, "a", first.function_id)
    assert await timeout_of(stub, first.function_id) == 200


async def test_rollback_runs_the_old_definition_as_a_new_version(stub: ModalClientStub) -> None:
    app_id = await create_app(stub, "a")
    first = await create_function(stub, app_id, timeout_secs=100)
    await publish(stub, app_id, "a", first.function_id, tag="one")
    await create_function(stub, app_id, first.function_id, timeout_secs=200)
    await publish(stub, app_id, "a", first.function_id)
    await stub.AppRollback(api_pb2.AppRollbackRequest(app_id=app_id, version=-1))
    assert await timeout_of(stub, first.function_id) == 100
    versions = await history(stub, app_id)
    assert versions.production_app_version == 3
    assert [
        (each.version, each.deployment_type, each.rollback_version, each.tag, each.rollback_allowed)
        for each in versions.app_deployment_histories
    ] == [(1, 1, 0, "one", True), (2, 1, 0, "", True), (3, 2, 1, "one", False)]
    for version, status in (
        (0, Status.INVALID_ARGUMENT),
        (9, Status.NOT_FOUND),
        (-9, Status.INVALID_ARGUMENT),
    ):
        with pytest.raises(GRPCError) as caught:
            await stub.AppRollback(api_pb2.AppRollbackRequest(app_id=app_id, version=version))
        assert caught.value.status is status


async def test_the_starter_plan_has_no_rollback_and_no_pinned_versions(
    stub: ModalClientStub, simulator: Simulator
) -> None:
    app_id = await create_app(stub, "a")
    created = await create_function(stub, app_id)
    for _ in range(2):
        await publish(stub, app_id, "a", created.function_id)
    simulator.faults.starter_plan = True
    for refused in (
        stub.AppRollback(api_pb2.AppRollbackRequest(app_id=app_id, version=1)),
        stub.FunctionGet(api_pb2.FunctionGetRequest(app_name="a", object_tag="f", app_version=1)),
    ):
        with pytest.raises(GRPCError) as caught:
            await refused
        assert caught.value.status is Status.PERMISSION_DENIED
    assert (await history(stub, app_id)).production_app_version == 2
    await stub.AppRollover(api_pb2.AppRolloverRequest(app_id=app_id))
    assert (await history(stub, app_id)).production_app_version == 3


async def test_rollover_gives_the_same_code_a_new_definition(
    stub: ModalClientStub, simulator: Simulator
) -> None:
    app_id = await create_app(stub, "a")
    created = await create_function(stub, app_id, timeout_secs=100)
    await publish(stub, app_id, "a", created.function_id)
    before = simulator.world.functions[created.function_id].definition_id
    await stub.AppRollover(api_pb2.AppRolloverRequest(app_id=app_id))
    assert simulator.world.functions[created.function_id].definition_id != before
    assert await timeout_of(stub, created.function_id) == 100
    assert (await history(stub, app_id)).app_deployment_histories[-1].deployment_type == 3


async def test_a_list_of_gpus_stays_ranked(stub: ModalClientStub) -> None:
    app_id = await create_app(stub, "a")
    data = api_pb2.FunctionData(function_name="f", module_name="m")
    for rank, gpu in enumerate(("H100", "L4")):
        choice = data.ranked_functions.add(rank=rank, function=api_pb2.Function(function_name="f"))
        choice.function.resources.gpu_config.CopyFrom(api_pb2.GPUConfig(gpu_type=gpu, count=1))
    created = await stub.FunctionCreate(api_pb2.FunctionCreateRequest(app_id=app_id, function_data=data))
    await publish(stub, app_id, "a", created.function_id)
    info = await stub.AppGetInfo(api_pb2.AppGetInfoRequest(app_id=app_id))
    assert [gpu.gpu_type for gpu in info.function_info_summaries[created.function_id].gpu_config] == [
        "H100",
        "L4",
    ]


@pytest.mark.parametrize(("gpu", "count", "named"), [("H900", 1, "H900"), ("A10", 5, "A10"), ("L4", 1, "L4")])
async def test_wrong_and_refused_gpus_are_named(
    stub: ModalClientStub, simulator: Simulator, gpu: str, count: int, named: str
) -> None:
    simulator.faults.refused_gpus = {"L4"}
    app_id = await create_app(stub, "a")
    resources = api_pb2.Resources(gpu_config=api_pb2.GPUConfig(gpu_type=gpu, count=count))
    with pytest.raises(GRPCError) as caught:
        await create_function(stub, app_id, resources=resources)
    assert caught.value.status is Status.INVALID_ARGUMENT
    assert named in (caught.value.message or "")


async def test_an_app_ends_when_its_client_leaves_and_its_log_says_so(stub: ModalClientStub) -> None:
    app_id = await create_app(stub, "run", api_pb2.APP_STATE_EPHEMERAL)
    async with stub.AppGetLogs.open() as stream:
        await stream.send_message(api_pb2.AppGetLogsRequest(app_id=app_id, timeout=30), end=True)
        await stub.AppClientDisconnect(api_pb2.AppClientDisconnectRequest(app_id=app_id))
        batches = [batch async for batch in stream]
    assert [item.data for item in batches[0].items] == ["Stopping app - client disconnected.\n"]
    assert batches[-1].app_done
    with pytest.raises(GRPCError) as caught:
        await stub.AppHeartbeat(api_pb2.AppHeartbeatRequest(app_id=app_id))
    assert caught.value.status is Status.FAILED_PRECONDITION


async def test_only_apps_of_silent_clients_are_ended(stub: ModalClientStub, simulator: Simulator) -> None:
    silent = await create_app(stub, "silent", api_pb2.APP_STATE_EPHEMERAL)
    alive = await create_app(stub, "alive", api_pb2.APP_STATE_EPHEMERAL)
    deployed = await create_app(stub, "deployed")
    created = await create_function(stub, deployed)
    await publish(stub, deployed, "deployed", created.function_id)
    for app in simulator.world.apps.values():
        app.heartbeat_at -= SILENT_SECONDS + 1
    await stub.AppHeartbeat(api_pb2.AppHeartbeatRequest(app_id=alive))
    await simulator.servicer.end_silent_apps()
    states = {app_id: simulator.world.apps[app_id].state for app_id in (silent, alive, deployed)}
    assert states == {
        silent: api_pb2.APP_STATE_STOPPED,
        alive: api_pb2.APP_STATE_EPHEMERAL,
        deployed: api_pb2.APP_STATE_DEPLOYED,
    }


async def test_autoscaler_changes_last_until_the_next_deployment(stub: ModalClientStub) -> None:
    app_id = await create_app(stub, "a")
    settings = api_pb2.AutoscalerSettings(max_containers=3)
    created = await create_function(stub, app_id, autoscaler_settings=settings)
    await publish(stub, app_id, "a", created.function_id)

    async def update(**changes: int) -> api_pb2.AutoscalerSettings:
        request = api_pb2.FunctionUpdateSchedulingParamsRequest(
            function_id=created.function_id, settings=api_pb2.AutoscalerSettings(**changes)
        )
        return (await stub.FunctionUpdateSchedulingParams(request)).current_settings

    assert (await update(scaledown_window=5)).max_containers == 3
    for wrong in ({"min_containers": 4}, {"scaleup_window": 1}):
        with pytest.raises(GRPCError) as caught:
            await update(**wrong)
        assert caught.value.status is Status.INVALID_ARGUMENT
    request = api_pb2.FunctionGetSchedulingParamsRequest(function_id=created.function_id)
    shown = (await stub.FunctionGetSchedulingParams(request)).autoscaler_configuration
    assert set(shown.override_events) == {"scaledown_window"}
    assert shown.settings.scaledown_window == 5
    await create_function(stub, app_id, created.function_id, autoscaler_settings=settings)
    await publish(stub, app_id, "a", created.function_id)
    shown = (await stub.FunctionGetSchedulingParams(request)).autoscaler_configuration
    assert not shown.override_events
    assert shown.settings.scaledown_window == 60
