"""Secrets, volumes, environments, mounts, images, proxy tokens, calls."""

from __future__ import annotations

import base64
import hashlib
import time

import aiohttp
import pytest
from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.server import Simulator
from modal_simulator.world import CallRecord, FunctionRecord, Secret, new_id

pytestmark = pytest.mark.asyncio
CREATE = api_pb2.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS


def secret_request(**fields: object) -> api_pb2.SecretGetOrCreateRequest:
    return api_pb2.SecretGetOrCreateRequest(deployment_name="s", **fields)


async def test_secret_values_never_come_back(stub: ModalClientStub) -> None:
    made = await stub.SecretGetOrCreate(secret_request(object_creation_type=CREATE, env_dict={"K": "hidden"}))
    request = api_pb2.SecretUpdateRequest(secret_id=made.secret_id)
    request.updates.add(key="L", value="hidden")
    await stub.SecretUpdate(request)
    found = await stub.SecretGetOrCreate(secret_request(required_keys=["K", "L"]))
    listed = await stub.SecretList(api_pb2.SecretListRequest())
    assert list(listed.items[0].metadata.keys) == ["K", "L"]
    assert b"hidden" not in found.SerializeToString() + listed.SerializeToString()
    with pytest.raises(GRPCError) as caught:
        await stub.SecretGetOrCreate(secret_request(required_keys=["M"]))
    assert "M" in (caught.value.message or "")
    with pytest.raises(GRPCError) as caught:
        await stub.SecretGetOrCreate(secret_request(object_creation_type=CREATE))
    assert caught.value.status is Status.ALREADY_EXISTS
    await stub.SecretDelete(api_pb2.SecretDeleteRequest(secret_id=made.secret_id))
    with pytest.raises(GRPCError) as caught:
        await stub.SecretGetOrCreate(secret_request())
    assert caught.value.status is Status.NOT_FOUND


async def test_lists_are_paged_newest_first(stub: ModalClientStub, simulator: Simulator) -> None:
    now = time.time()
    for number in range(7):
        secret = Secret(new_id("st"), f"s{number}", "main", {}, created_at=now - 100 + number)
        simulator.world.secrets[secret.secret_id] = secret
    names: list[str] = []
    before = now
    while True:
        pagination = api_pb2.ListPagination(max_objects=3, created_before=before)
        items = (await stub.SecretList(api_pb2.SecretListRequest(pagination=pagination))).items
        names += [item.label for item in items]
        if len(items) < 3:
            break
        before = items[-1].metadata.creation_info.created_at
    assert names == [f"s{number}" for number in range(6, -1, -1)]


async def test_volume_paths_cannot_leave_the_volume(stub: ModalClientStub, simulator: Simulator) -> None:
    made = await stub.VolumeGetOrCreate(
        api_pb2.VolumeGetOrCreateRequest(deployment_name="v", object_creation_type=CREATE)
    )
    data = b"some text"
    digest = hashlib.sha256(data).hexdigest()
    await stub.MountPutFile(api_pb2.MountPutFileRequest(sha256_hex=digest, data=data))
    for path, allowed in (("a/b.txt", True), ("../../out.txt", False)):
        request = api_pb2.VolumePutFilesRequest(volume_id=made.volume_id)
        request.files.add(filename=path, sha256_hex=digest)
        if allowed:
            await stub.VolumePutFiles(request)
            continue
        with pytest.raises(GRPCError) as caught:
            await stub.VolumePutFiles(request)
        assert caught.value.status is Status.NOT_FOUND
    assert not (simulator.work_dir.parent / "out.txt").exists()
    with pytest.raises(GRPCError):
        await stub.VolumeGetFile2(
            api_pb2.VolumeGetFile2Request(volume_id=made.volume_id, path="../../modal.toml")
        )


async def test_a_part_of_a_volume_file_can_be_read(stub: ModalClientStub, simulator: Simulator) -> None:
    made = await stub.VolumeGetOrCreate(
        api_pb2.VolumeGetOrCreateRequest(deployment_name="v", object_creation_type=CREATE, version=2)
    )
    data = bytes(range(256)) * 40_000  # two blocks
    folder = simulator.work_dir / "volumes" / made.volume_id
    (folder / "ä b.bin").write_bytes(data)
    start, length = (8 << 20) - 10, 30
    answer = await stub.VolumeGetFile2(
        api_pb2.VolumeGetFile2Request(volume_id=made.volume_id, path="/ä b.bin", start=start, len=length)
    )
    assert (answer.size, answer.start, answer.len, len(answer.get_urls)) == (len(data), start, length, 2)
    got = b""
    async with aiohttp.ClientSession() as session:
        for url in answer.get_urls:
            async with session.get(url) as response:
                got += await response.read()
    assert got == data[start : start + length]


async def test_blobs_can_be_made_in_both_styles_and_become_file_contents(stub: ModalClientStub) -> None:
    data = b"x" * 100_000
    md5 = hashlib.md5(data, usedforsecurity=False)
    blob = await stub.BlobCreate(
        api_pb2.BlobCreateRequest(
            content_md5=base64.b64encode(md5.digest()).decode(), content_length=len(data)
        )
    )
    assert [blob.blob_id] == list(blob.blob_ids)
    assert [blob.upload_url] == list(blob.upload_urls.items)
    async with aiohttp.ClientSession() as session:
        async with session.put(blob.upload_url, data=data) as put:
            assert put.headers["ETag"] == f'"{md5.hexdigest()}"'
        url = (await stub.BlobGet(api_pb2.BlobGetRequest(blob_id=blob.blob_id))).download_url
        async with session.get(url) as got:
            assert await got.read() == data
    digest = hashlib.sha256(data).hexdigest()
    check = api_pb2.MountBatchedCheckExistenceRequest(sha256_hex_hashes=[digest])
    assert list((await stub.MountBatchedCheckExistence(check)).missing_sha256_hex_hashes) == [digest]
    wrong = api_pb2.MountPutFileRequest(sha256_hex="0" * 64, data_blob_id=blob.blob_id)
    with pytest.raises(GRPCError) as caught:
        await stub.MountPutFile(wrong)
    assert caught.value.status is Status.INVALID_ARGUMENT
    await stub.MountPutFile(api_pb2.MountPutFileRequest(sha256_hex=digest, data_blob_id=blob.blob_id))
    assert not (await stub.MountBatchedCheckExistence(check)).missing_sha256_hex_hashes


async def join(stub: ModalClientStub, image_id: str) -> tuple[str, api_pb2.GenericResult]:
    text, result = "", api_pb2.GenericResult()
    request = api_pb2.ImageJoinStreamingRequest(image_id=image_id, timeout=30)
    for response in await stub.ImageJoinStreaming(request):
        text += "".join(log.data for log in response.task_logs)
        if response.result.status:
            result = response.result
    return text, result


async def test_an_image_is_built_once_and_prints_its_commands(stub: ModalClientStub) -> None:
    image = api_pb2.Image(dockerfile_commands=["FROM base", "RUN pip install numpy \\", "  scipy"])
    request = api_pb2.ImageGetOrCreateRequest(image=image)
    first = await stub.ImageGetOrCreate(request)
    assert not first.result.status
    text, result = await join(stub, first.image_id)
    assert "=> Step 1: RUN pip install numpy scipy\n" in text
    assert "Collecting scipy\n" in text
    assert result.status == api_pb2.GenericResult.GENERIC_STATUS_SUCCESS
    again = await stub.ImageGetOrCreate(request)
    assert (again.image_id, again.result.status) == (first.image_id, result.status)
    request.force_build = True
    assert (await stub.ImageGetOrCreate(request)).image_id != first.image_id


async def test_a_build_fails_on_demand_and_only_once(stub: ModalClientStub, simulator: Simulator) -> None:
    simulator.faults.build_error = "no matching distribution"
    image = api_pb2.Image(dockerfile_commands=["FROM base", "RUN pip install nope"])
    request = api_pb2.ImageGetOrCreateRequest(image=image)
    base = api_pb2.ImageGetOrCreateRequest(image=image, namespace=api_pb2.DEPLOYMENT_NAMESPACE_GLOBAL)
    base.image.dockerfile_commands.append("RUN base")
    assert (await stub.ImageGetOrCreate(base)).result.status == 1  # Modal's own images are there already
    failed = await stub.ImageGetOrCreate(request)
    text, result = await join(stub, failed.image_id)
    assert text.endswith("=> Step 1: RUN pip install nope\nno matching distribution\n")
    assert (result.status, result.exception) == (2, "no matching distribution")
    again = await stub.ImageGetOrCreate(request)
    assert again.image_id != failed.image_id
    assert (await join(stub, again.image_id))[1].status == 1


async def test_an_environment_takes_its_objects_along(stub: ModalClientStub) -> None:
    await stub.EnvironmentCreate(api_pb2.EnvironmentCreateRequest(name="dev"))
    made = await stub.SecretGetOrCreate(secret_request(environment_name="dev", object_creation_type=CREATE))
    update = api_pb2.EnvironmentUpdateRequest(current_name="dev")
    update.name.value = "test"
    await stub.EnvironmentUpdate(update)
    names = [item.name for item in (await stub.EnvironmentList(Empty())).items]
    assert names == ["main", "test"]
    found = await stub.SecretGetOrCreate(secret_request(environment_name="test"))
    assert found.secret_id == made.secret_id
    await stub.EnvironmentDelete(api_pb2.EnvironmentDeleteRequest(name="test"))
    with pytest.raises(GRPCError):
        await stub.SecretGetInfo(api_pb2.SecretGetInfoRequest(secret_id=made.secret_id))
    with pytest.raises(GRPCError) as caught:
        await stub.EnvironmentDelete(api_pb2.EnvironmentDeleteRequest(name="main"))
    assert caught.value.status is Status.FAILED_PRECONDITION


async def test_a_proxy_token_shows_its_secret_once(stub: ModalClientStub) -> None:
    made = await stub.WebhookTokenCreate(api_pb2.WebhookTokenCreateRequest(name="ci"))
    assert made.token_id.startswith("wk-")
    assert made.token_secret.startswith("ws-")
    listed = await stub.WebhookTokenList(Empty())
    assert [token.name for token in listed.tokens] == ["ci"]
    assert made.token_secret.encode() not in listed.SerializeToString()
    await stub.WebhookTokenDelete(api_pb2.TokenDeleteRequest(token_id=made.token_id))
    assert not (await stub.WebhookTokenList(Empty())).tokens


async def test_calls_are_listed_counted_and_summed_up(stub: ModalClientStub, simulator: Simulator) -> None:
    record = FunctionRecord(new_id("fu"), "ap-1", "f")
    simulator.world.functions[record.function_id] = record
    now = time.time()
    for number in range(10):
        begun = now - 100 + number
        simulator.world.calls[f"in-{number}"] = CallRecord(
            call_id=f"fc-{number}",
            function_id=record.function_id,
            app_id="ap-1",
            task_id="ta-1",
            enqueued_at=begun,
            started_at=begun,
            finished_at=begun + number + 1,
            status=4 if number == 9 else 3,
        )
    fetch = api_pb2.FunctionCallFetchRequest(function_id=record.function_id)
    fetch.tail.count = 3
    newest = (await stub.FunctionCallFetch(fetch)).function_call_inputs
    assert [each.function_call_id for each in newest] == ["fc-9", "fc-8", "fc-7"]
    window = {"function_id": record.function_id}
    stats_request = api_pb2.FunctionGetTimeRangeStatsRequest(**window)
    count_request = api_pb2.FunctionCallCountRequest(**window, bucket_secs=60)
    for request in (stats_request, count_request):
        request.since.FromSeconds(int(now) - 600)
        request.until.FromSeconds(int(now) + 1)
    stats = await stub.FunctionGetTimeRangeStats(stats_request)
    assert (stats.input_success_count, stats.input_failure_count) == (9, 1)
    percentiles = stats.input_percentile_stats["execution_time"].percentiles
    assert percentiles[0].value == pytest.approx(5, abs=0.01)
    counts = await stub.FunctionCallCount(count_request)
    assert sum(bucket.count for bucket in counts.buckets) == 10


async def test_dicts_keep_what_clients_pickle(stub: ModalClientStub) -> None:
    request = api_pb2.DictGetOrCreateRequest(deployment_name="d")
    with pytest.raises(GRPCError) as caught:
        await stub.DictGetOrCreate(request)
    assert caught.value.status is Status.NOT_FOUND
    request.object_creation_type = api_pb2.OBJECT_CREATION_TYPE_CREATE_IF_MISSING
    made = await stub.DictGetOrCreate(request)
    assert (await stub.DictGetOrCreate(request)).dict_id == made.dict_id
    entry = api_pb2.DictEntry(key=b"k", value=b"v")
    for created in (True, False):
        update = api_pb2.DictUpdateRequest(dict_id=made.dict_id, updates=[entry], if_not_exists=True)
        assert (await stub.DictUpdate(update)).created is created
    assert (await stub.DictGet(api_pb2.DictGetRequest(dict_id=made.dict_id, key=b"k"))).value == b"v"
    assert not (await stub.DictGet(api_pb2.DictGetRequest(dict_id=made.dict_id, key=b"x"))).found
    assert (await stub.DictLen(api_pb2.DictLenRequest(dict_id=made.dict_id))).len == 1
    assert (await stub.DictPop(api_pb2.DictPopRequest(dict_id=made.dict_id, key=b"k"))).found
    contains = api_pb2.DictContainsRequest(dict_id=made.dict_id, key=b"k")
    assert not (await stub.DictContains(contains)).found
    listed = await stub.DictList(api_pb2.DictListRequest())
    assert [each.name for each in listed.dicts] == ["d"]
    await stub.DictDelete(api_pb2.DictDeleteRequest(dict_id=made.dict_id))
    with pytest.raises(GRPCError):
        await stub.DictGet(api_pb2.DictGetRequest(dict_id=made.dict_id, key=b"k"))
