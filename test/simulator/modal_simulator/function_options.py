"""What ``with_options`` changes of a function: a definition and autoscaler settings of their own."""

from __future__ import annotations

from modal_proto import api_pb2

# Field of the options -> field of the definition.
_COPIED = (
    "resources",
    "retry_policy",
    "timeout_secs",
    "target_concurrent_inputs",
    "max_concurrent_inputs",
    "batch_max_size",
    "batch_linger_ms",
    "scheduler_placement",
    "cloud_provider_str",
    "routing_region",
)
_AUTOSCALED = {
    "concurrency_limit": "max_containers",
    "warm_pool_size": "min_containers",
    "buffer_containers": "buffer_containers",
    "task_idle_timeout_secs": "scaledown_window",
}


def with_options(function: api_pb2.Function, options: api_pb2.FunctionOptions) -> api_pb2.Function:
    """Returns the definition as the options change it."""
    changed = api_pb2.Function()
    changed.CopyFrom(function)
    given = api_pb2.FunctionOptions()
    given.CopyFrom(options)
    for name in _COPIED:
        if options.HasField(name):
            changed.ClearField(name)
            changed.MergeFrom(api_pb2.Function(**{name: getattr(given, name)}))
    for name in ("volume_mounts", "secret_ids", "cloud_bucket_mounts"):
        if getattr(options, f"replace_{name}"):
            changed.ClearField(name)
        getattr(changed, name).extend(getattr(options, name))
    changed.mount_ids.extend(options.mount_ids)
    return changed


def autoscaler_with_options(
    settings: api_pb2.AutoscalerSettings, options: api_pb2.FunctionOptions
) -> api_pb2.AutoscalerSettings:
    """Returns the settings as the options change them."""
    changed = api_pb2.AutoscalerSettings()
    changed.CopyFrom(settings)
    for name, field in _AUTOSCALED.items():
        if options.HasField(name):
            setattr(changed, field, getattr(options, name))
    return changed
