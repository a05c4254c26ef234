"""The app as a container gets it: ids and metadata of all its functions and classes."""

from __future__ import annotations

from modal_proto import api_pb2

from ..rpc.function_views import FunctionViews
from ..world import App, World


def app_layout(app: App, world: World) -> api_pb2.AppLayout:
    """Returns the layout of the published app, with everything its functions depend on."""
    views = FunctionViews()
    views.world = world
    layout = api_pb2.AppLayout(function_ids=app.function_ids, class_ids=app.class_ids)
    objects: dict[str, api_pb2.Object] = {}
    for function_id in app.function_ids.values():
        record = world.functions[function_id]
        objects[function_id] = api_pb2.Object(
            object_id=function_id, function_handle_metadata=views.function_metadata(record)
        )
    for class_id in app.class_ids.values():
        objects[class_id] = api_pb2.Object(
            object_id=class_id, class_handle_metadata=api_pb2.ClassHandleMetadata()
        )
    for function_id in app.function_ids.values():
        definition = world.functions[function_id].definition
        for dependency in definition.object_dependencies if definition else ():
            objects.setdefault(dependency.object_id, _dependency(dependency.object_id, world))
    layout.objects.extend(objects.values())
    return layout


def _dependency(object_id: str, world: World) -> api_pb2.Object:
    """Returns a mount or volume with its metadata; images and secrets have none in a layout."""
    mount = world.mounts.get(object_id)
    if mount is not None:
        checksum = api_pb2.MountHandleMetadata(content_checksum_sha256_hex=mount.checksum)
        return api_pb2.Object(object_id=object_id, mount_handle_metadata=checksum)
    volume = world.volumes.get(object_id)
    if volume is not None:
        volume_metadata = api_pb2.VolumeMetadata(version=volume.version, name=volume.name)  # type: ignore[arg-type]
        return api_pb2.Object(object_id=object_id, volume_metadata=volume_metadata)
    return api_pb2.Object(object_id=object_id)
