"""Modal's official client, asked over stdin: a line of JSON in, a line of JSON out.

It runs the real command line (``{"cli": [...]}``) and the SDK's own objects (``{"ask": name, ...}``) in one process,
because starting Python anew for each of a hundred questions would take minutes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click
import modal.environments
from google.protobuf.descriptor import Descriptor
from google.protobuf.json_format import MessageToDict
from modal._utils.async_utils import synchronizer
from modal.app import _App
from modal.cli.entry_point import entrypoint_cli
from modal.client import _Client
from modal.exception import NotFoundError
from modal.output import enable_output
from modal.sandbox._sandbox import _Sandbox
from modal_proto import api_pb2

import modal

Answer = Callable[..., Any]
held = contextlib.ExitStack()


@synchronizer.create_blocking
async def call(name: str, request: Any) -> Any:
    """One call of the protocol, for what neither the command line nor an object of the SDK shows."""
    client = await _Client.from_env()
    return await getattr(client._stub, name)(request)


def run_cli(arguments: list[str]) -> str:
    """Returns what the command prints. Raises whatever the command raises."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), enable_output():
            entrypoint_cli.main(arguments, prog_name="modal", standalone_mode=False)
    except click.exceptions.Exit as ended:
        if ended.exit_code:
            raise RuntimeError(printed.getvalue()) from ended
    finally:
        os.environ.pop("MODAL_ENVIRONMENT", None)  # where a command keeps its --env
    return printed.getvalue()


def environments() -> list[dict[str, Any]]:
    """Every environment as the SDK's own list has it."""
    return [message(each) for each in modal.environments.list_environments()]


def app_by_name(name: str, environment: str) -> dict[str, Any] | None:
    """The app that the SDK finds under a name, or None."""
    try:
        found = modal.App.lookup(name, environment_name=environment)
    except NotFoundError:
        return None
    info = found.info(refresh=True)
    return {"id": info.app_id, **lifecycle(info.lifecycle)}


def addresses(app: str, environment: str, functions: list[str], methods: list[list[str]]) -> dict[str, Any]:
    """The web addresses of functions and of methods of classes; None for what has none."""
    found: dict[str, Any] = {
        name: modal.Function.from_name(app, name, environment_name=environment).get_web_url()
        for name in functions
    }
    for class_name, method in methods:
        instance = modal.Cls.from_name(app, class_name, environment_name=environment)()
        found[f"{class_name}.{method}"] = getattr(instance, method).get_web_url()
    return found


def servers(app: str, environment: str, names: list[str]) -> dict[str, str | None]:
    """The addresses of servers."""
    return {name: modal.Server.from_name(app, name, environment_name=environment).get_url() for name in names}


def classes(app: str, environment: str, names: list[str]) -> dict[str, str]:
    """The names that the SDK finds as classes, which it does not of functions."""
    found = {}
    for name in names:
        with contextlib.suppress(NotFoundError):
            found[name] = modal.Cls.from_name(app, name, environment_name=environment).hydrate().object_id
    return found


def current_stats(function_id: str) -> dict[str, Any]:
    """The numbers of a function at this moment."""
    stats = modal.Function.from_id(function_id).get_current_stats()
    return {
        "backlog": stats.backlog,
        "runners": stats.num_total_runners,
        "running_inputs": stats.num_running_inputs,
    }


def logs(app_id: str, since: float, until: float, source: str | None = None) -> list[dict[str, Any]]:
    """The entries of an app's log in a span of time."""
    entries = found_app(app_id).logs.fetch(
        since=datetime.fromtimestamp(since, UTC), until=datetime.fromtimestamp(until, UTC), source=source
    )
    return [log_entry(each) for each in entries]


def stream(app_id: str) -> list[dict[str, Any]]:
    """The whole log of an app that has ended, as it is followed."""
    return [log_entry(each) for each in found_app(app_id).logs.stream(timeout=20)]


@synchronizer.create_blocking
async def found_app(app_id: str) -> Any:
    """An app by its id, also one that has ended."""
    return _App._new_remote(None, app_id, "", await _Client.from_env())


@synchronizer.create_blocking
async def states(app_id: str) -> list[dict[str, Any]]:
    """The states of containers in the log of an app; the SDK shows them for a moment and tells nobody."""
    client = await _Client.from_env()
    found = []
    async for batch in client._stub.AppGetLogs.unary_stream(api_pb2.AppGetLogsRequest(app_id=app_id)):
        found += [
            {
                "state": api_pb2.TaskState.Name(each.task_state),
                "source": api_pb2.FileDescriptor.Name(each.file_descriptor),
                "container": each.container_id or batch.task_id,
                "function": batch.root_function_id or batch.function_id,
                "nanos": str(each.timestamp_ns),
            }
            for each in batch.items
            if each.task_state
        ]
    return found


def app_by_id(app_id: str) -> dict[str, Any]:
    """An app by its id, also one that has ended."""
    return {"id": app_id, **lifecycle(found_app(app_id).info(refresh=True).lifecycle)}


def lifecycle(of: Any) -> dict[str, Any]:
    """Where an app is in its life."""
    return {
        "state": of.state.value,
        "version": of.version,
        "created_at": of.created_at and of.created_at.timestamp(),
        "deployed_at": of.deployed_at and of.deployed_at.timestamp(),
        "deployed_by": of.deployed_by,
        "stopped_at": of.stopped_at and of.stopped_at.timestamp(),
    }


def log_entry(entry: Any) -> dict[str, Any]:
    """One log entry; its ids are told apart by their prefixes."""
    ids = {each[:2]: each for each in entry.context_ids}
    return {
        "text": entry.message,
        "micros": round(entry.timestamp.timestamp() * 1e6),
        "source": entry.source,
        "function": ids.get("fu", ""),
        "call": ids.get("fc", ""),
        "container": ids.get("ta", ""),
    }


def container(task_id: str) -> dict[str, Any]:
    """What the server says of a container. No object of the SDK shows it, so this is its bare message."""
    return message(call("TaskGetInfo", api_pb2.TaskGetInfoRequest(task_id=task_id)))


def containers(environment: str) -> list[dict[str, Any]]:
    """The containers of an environment, as the message behind ``modal container list`` has them."""
    request = api_pb2.TaskListRequest(environment_name=environment)
    return message(call("TaskList", request)).get("tasks", [])


def history(app_id: str) -> dict[str, Any]:
    """The message behind ``modal app history``, which shows only a part of it."""
    request = api_pb2.AppDeploymentHistoryRequest(app_id=app_id)
    return message(call("AppDeploymentHistory", request))


def scheduling(function_id: str) -> dict[str, Any]:
    """The message behind ``modal function autoscaler settings``, which shows only a part of it."""
    request = api_pb2.FunctionGetSchedulingParamsRequest(function_id=function_id)
    return message(call("FunctionGetSchedulingParams", request))


def counts(app_id: str, since: float, until: float, bucket: int) -> list[dict[str, Any]]:
    """Numbers of log entries by source, counted in what the SDK fetches."""
    buckets: dict[int, dict[str, int]] = {}
    for entry in logs(app_id, since, until):
        start = entry["micros"] // 1_000_000 // bucket * bucket
        numbers = buckets.setdefault(start, {"stdout": 0, "stderr": 0, "system": 0})
        numbers[entry["source"]] += 1
    return [{"since": start, **numbers} for start, numbers in sorted(buckets.items())]


def rates() -> dict[str, str]:
    """The prices of the workspace."""
    return {key: str(Decimal(value)) for key, value in modal.Workspace.from_context().billing.rates().items()}


def set_budget(environment: str, dollars: float) -> None:
    """Limits what an environment may spend in a month; only the web page and this call can."""
    environment_id = modal.Environment.from_name(environment).hydrate().object_id
    request = api_pb2.EnvironmentSetBudgetRequest(environment_id=environment_id, cycle_budget_dollars=dollars)
    call("EnvironmentSetBudget", request)


def hold_run(name: str, environment: str, detach: bool) -> str:
    """Starts a run that lasts as long as this process."""
    app = modal.App(name)
    held.enter_context(app.run(detach=detach, environment_name=environment))
    return app.app_id or ""


def spawn(app: str, function: str, arguments: list[Any], environment: str = "main") -> str:
    """Calls a function without waiting. Returns the id of the call."""
    target = modal.Function.from_name(app, function, environment_name=environment)
    return target.spawn(*arguments).object_id


def ask_class(app: str, name: str, text: str) -> str:
    """Calls a method of a class without waiting. Returns the id of the call."""
    return modal.Cls.from_name(app, name)().ask.spawn(text).object_id


def result(call_id: str) -> str:
    """Waits for a call. Returns what it gave, or the name of what it raised."""
    try:
        return repr(modal.FunctionCall.from_id(call_id).get(timeout=60))
    except Exception as error:  # the class of the failure is what is asked for
        return type(error).__name__


def sandbox(app: str, command: list[str], options: dict[str, Any]) -> str:
    """Makes a sandbox. Returns its id."""
    owner = modal.App.lookup(app, create_if_missing=True)
    return modal.Sandbox.create(*command, app=owner, **options).object_id


def wait(sandbox_id: str) -> None:
    """Waits until a sandbox has ended."""
    modal.Sandbox.from_id(sandbox_id).wait()


def poll(sandbox_id: str) -> int | None:
    """The status with which a sandbox has ended, or None."""
    return modal.Sandbox.from_id(sandbox_id).poll()


def sandboxes(app: str, app_id: str, names: list[str]) -> list[dict[str, Any]]:
    """The sandboxes of an app that have not ended, of both kinds, newest first."""
    named = {modal.Sandbox.from_name(app, name).object_id: name for name in names}
    listed = call("SandboxListV2", api_pb2.SandboxListRequest(app_id=app_id)).sandboxes
    created = {each.id: each.created_at for each in listed}
    return [
        {
            "id": each.object_id,
            "name": named.get(each.object_id, ""),
            "container": sandbox_container(each.object_id),
            "tags": each.get_tags(),
            "tunnels": [
                [port, tunnel.host, tunnel.port, tunnel.unencrypted_host, tunnel.unencrypted_port]
                for port, tunnel in each.tunnels().items()
            ],
            "created_at": created[each.object_id],
        }
        for each in modal.Sandbox.list(app_id=app_id)
    ]


def sandbox_containers(sandbox_ids: dict[str, str]) -> dict[str, str]:
    """The containers of sandboxes, also of those that have ended."""
    return {name: sandbox_container(sandbox_id) for name, sandbox_id in sandbox_ids.items()}


@synchronizer.create_blocking
async def sandbox_container(sandbox_id: str) -> str:
    """The container whose log the SDK reads for a sandbox."""
    found = await _Sandbox.from_id(sandbox_id, client=await _Client.from_env())
    return await found._resolve_task_id_for_logs()


def server_containers(app: str, name: str) -> list[str]:
    """The containers that take the requests of a server."""
    return [each.container_id for each in modal.Server.from_name(app, name)._experimental_list_containers()]


def secret_values(name: str, environment: str, keys: list[str]) -> dict[str, str]:
    """What the code that uses a secret sees of it."""
    app = modal.App.lookup("parity-secrets", create_if_missing=True, environment_name=environment)
    secret = modal.Secret.from_name(name, environment_name=environment)
    command = ["sh", "-c", " && ".join(f"printenv {key}" for key in keys)]
    sandbox = modal.Sandbox.create(*command, app=app, secrets=[secret])
    sandbox.wait()
    return dict(zip(keys, sandbox.stdout.read().splitlines(), strict=True))


def enums(names: list[str]) -> dict[str, dict[str, int]]:
    """The names and numbers of enumerations of the protocol."""
    found = {}
    for name in names:
        outer, _, inner = name.rpartition(".")
        found[name] = dict(getattr(getattr(api_pb2, outer) if outer else api_pb2, inner).items())
    return found


def message(proto: Any) -> dict[str, Any]:
    """A message of the protocol with its own field names."""
    return MessageToDict(proto, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def descriptors(calls: list[str]) -> dict[str, Any]:
    """Every message that the answers of these calls are made of, and the name of each answer."""
    service = api_pb2.DESCRIPTOR.services_by_name["ModalClient"]
    found: dict[str, Any] = {}
    answers = {}
    for call in calls:
        output = service.methods_by_name[call].output_type
        answers[call] = output.full_name
        describe(output, found)
    return {"answers": answers, "messages": found}


def describe(descriptor: Descriptor, found: dict[str, Any]) -> None:
    """Adds a message and all messages in it."""
    if descriptor.full_name in found:
        return
    fields = found[descriptor.full_name] = []
    for field in descriptor.fields:
        entry = (
            field.message_type if field.message_type and field.message_type.GetOptions().map_entry else None
        )
        value = entry.fields_by_name["value"] if entry else field
        fields.append(
            {
                "name": field.camelcase_name,
                "type": value.type,
                "many": "map" if entry else "list" if field.is_repeated else "one",
                "message": value.message_type.full_name if value.message_type else None,
                "enum": [each.number for each in value.enum_type.values] if value.enum_type else None,
            }
        )
        if value.message_type:
            describe(value.message_type, found)


def main() -> None:
    """Answers until stdin ends."""
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "cli" in question:
                answer = {"value": run_cli(question["cli"])}
            else:
                answer = {"value": globals()[question["ask"]](**question.get("with", {}))}
        except (Exception, SystemExit) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    held.close()


if __name__ == "__main__":
    main()
