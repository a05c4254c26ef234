"""Everything the local Modal knows: plain records in memory, no behaviour beyond look-ups.

Records keep Modal's own protobuf messages where those exist, so nothing is translated twice.
All times are unix seconds. The object is used from one asyncio loop only; it needs no locks.
"""

from __future__ import annotations

import asyncio
import secrets
import string
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from modal_proto import api_pb2

MAX_REQUESTS = 100_000
# Whose token it is; named otherwise than the workspace, so that a reader that confuses the two is noticed.
USER = "alice"
_ID_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """Returns an object id of Modal's shape: prefix, dash, 22 letters and digits."""
    letters = [secrets.choice(_ID_ALPHABET) for _ in range(21)]
    letters.append(secrets.choice(_ID_ALPHABET.replace("V", "")))  # a V at the end marks newer sandboxes
    return f"{prefix}-" + "".join(letters)


@dataclass
class Version:
    """One entry of an app's deployment history."""

    number: int
    deployed_at: float
    deployed_by: str
    client_version: str
    deployment_type: int  # api_pb2.DeploymentType: 1 standard, 2 rollback, 3 rollover
    function_ids: dict[str, str]
    class_ids: dict[str, str]
    # Definitions as they were published, so that a rollback really runs the old code.
    definitions: dict[str, Definition] = field(default_factory=dict)  # by function id
    tag: str = ""
    commit_info: api_pb2.CommitInfo | None = None
    rollback_version: int = 0


@dataclass
class App:
    app_id: str
    environment: str
    description: str
    state: int  # api_pb2.AppState
    name: str = ""  # deployment name; empty until published as a deployment
    created_at: float = field(default_factory=time.time)
    stopped_at: float = 0.0
    heartbeat_at: float = field(default_factory=time.time)
    tags: dict[str, str] = field(default_factory=dict)
    created_by: str = USER
    stopped_by: str = ""
    function_ids: dict[str, str] = field(default_factory=dict)  # published tag -> function id
    class_ids: dict[str, str] = field(default_factory=dict)
    history: list[Version] = field(default_factory=list)

    def live_version(self) -> Version | None:
        """Returns the version that serves, or None if there was no deployment."""
        served = [each for each in self.history if each.deployment_type != api_pb2.DEPLOYMENT_TYPE_STAGED]
        return served[-1] if served else None


@dataclass
class Definition:
    """One FunctionCreate: it replaces what runs only when the app is published."""

    definition_id: str
    function: api_pb2.Function
    data: api_pb2.FunctionData | None = None


@dataclass
class FunctionRecord:
    """A function or a class service function (tag ``Cls.*``)."""

    function_id: str
    app_id: str
    tag: str
    definition: api_pb2.Function | None = None  # what runs; set when the app is published
    definition_id: str = ""
    # Set when gpu= was a list: one ranked function per choice, first choice also in ``definition``.
    data: api_pb2.FunctionData | None = None
    pending: Definition | None = None  # created, not yet published
    # What FunctionPrecreate announced; a definition brings its own.
    method_definitions: dict[str, api_pb2.MethodDefinition] = field(default_factory=dict)
    webhook_config: api_pb2.WebhookConfig | None = None
    function_type: int = 0
    schema: api_pb2.FunctionSchema | None = None
    class_id: str = ""
    # '' for the function itself, else one entry per web method: method name -> loopback URL.
    web_urls: dict[str, str] = field(default_factory=dict)
    autoscaler: api_pb2.AutoscalerSettings = field(default_factory=api_pb2.AutoscalerSettings)  # in force
    autoscaler_overrides: api_pb2.AutoscalerSettings = field(default_factory=api_pb2.AutoscalerSettings)
    autoscaler_events: dict[str, float] = field(default_factory=dict)  # overridden field -> time
    # Bound (parametrized) instances of a class point at their base service function.
    base_function_id: str = ""
    serialized_params: bytes = b""
    options: bytes = b""  # api_pb2.FunctionOptions by which such an instance differs


@dataclass
class Mount:
    mount_id: str
    files: dict[str, api_pb2.MountFile] = field(
        default_factory=dict
    )  # remote path -> file (sha256_hex, mode)
    name: str = ""
    checksum: str = ""


@dataclass
class Image:
    image_id: str
    definition: api_pb2.Image
    builder_version: str
    built: bool = False
    error: str = ""
    app_id: str = ""
    key: str = ""  # digest of definition and builder version
    started_at: float = 0.0  # of the build
    finished_at: float = 0.0
    folder: str = ""  # of this machine, with the files of one that was taken from a sandbox


@dataclass
class Secret:
    secret_id: str
    name: str  # empty for a secret that belongs to one app
    environment: str
    values: dict[str, str]
    created_at: float = field(default_factory=time.time)
    created_by: str = USER
    last_used_at: float = 0.0


@dataclass
class Volume:
    volume_id: str
    name: str
    environment: str
    version: int = 1
    created_at: float = field(default_factory=time.time)
    path: str = ""  # folder on this machine that holds the files


@dataclass
class StoredDict:
    """A key-value store; keys and values are pickled by the client."""

    dict_id: str
    name: str  # empty for one without a name
    environment: str
    entries: dict[bytes, bytes] = field(default_factory=dict)
    created_at: float = field(default_factory=time.time)


@dataclass
class StoredQueue:
    """First in, first out, in partitions; values are serialized by the client."""

    queue_id: str
    name: str  # empty for one without a name
    environment: str
    partitions: dict[bytes, dict[int, bytes]] = field(default_factory=dict)  # key -> entry number -> value
    created_at: float = field(default_factory=time.time)
    entries: int = 0  # ever put
    grown: asyncio.Event = field(default_factory=asyncio.Event)  # replaced at each put


@dataclass
class Proxy:
    """A static address for outgoing connections; here only a record."""

    proxy_id: str
    name: str
    environment: str
    region: str
    addresses: dict[str, float] = field(default_factory=dict)  # address -> created at
    created_at: float = field(default_factory=time.time)


@dataclass
class ProxyToken:
    """A pair that opens web functions with requires_proxy_auth (``Modal-Key`` and ``Modal-Secret``)."""

    token_id: str
    token_secret: str
    name: str = ""
    scoped: bool = False
    created_at: float = field(default_factory=time.time)
    environment_ids: set[str] = field(default_factory=set)  # only these, when scoped


@dataclass
class CallRecord:
    """One input of a function: a web request, a remote call or a scheduled one."""

    call_id: str
    function_id: str
    app_id: str
    method: str = ""
    input_id: str = ""
    task_id: str = ""
    enqueued_at: float = field(default_factory=time.time)
    started_at: float = 0.0
    finished_at: float = 0.0
    startup_seconds: float = 0.0
    status: int = 1  # api_pb2.FunctionCallInputStatus


@dataclass
class Endpoint:
    """A managed endpoint for a language model."""

    endpoint_id: str
    name: str
    environment: str
    repo_id: str
    model_name: str
    status: int  # api_pb2.EndpointGetInfoResponse.EndpointStatus, unless it was stopped
    revision: str = ""
    service_url: str = ""
    shared: bool = False
    unauthenticated: bool = False
    app_id: str = ""  # of the server behind a dedicated one
    server_id: str = ""
    created_at: float = field(default_factory=time.time)
    stopped_at: float = 0.0


@dataclass
class RequestRecord:
    """A request that the web edge passed on to a server."""

    function_id: str
    route: str
    at: float
    task_id: str = ""  # empty when no container was ready
    seconds: float = 0.0
    status: int = 0


@dataclass
class TokenFlow:
    """A browser login in progress (``modal setup``, ``modal token new``)."""

    flow_id: str
    wait_secret: str
    created_at: float = field(default_factory=time.time)
    approved: bool = False


@dataclass
class Environment:
    environment_id: str
    name: str
    web_suffix: str
    created_at: float = field(default_factory=time.time)
    default: bool = False
    max_tasks: int | None = None
    max_gpus: int | None = None
    budget_dollars: float | None = None


@dataclass
class Task:
    """A container."""

    task_id: str
    app_id: str
    function_id: str
    enqueued_at: float = field(default_factory=time.time)
    started_at: float = 0.0
    finished_at: float = 0.0
    state: int = 0  # api_pb2.TaskState
    result: api_pb2.GenericResult | None = None
    gpu_type: str = ""
    gpu_count: int = 0
    sandbox_id: str = ""  # set for the container of a sandbox, which has no function


@dataclass
class Sandbox:
    """A container made by hand, for one command."""

    sandbox_id: str
    app_id: str
    task_id: str
    definition: api_pb2.Sandbox
    second_kind: bool  # whether the calls that end in V2 made it
    env: dict[str, str] = field(default_factory=dict)  # given with it, besides secrets
    tags: dict[str, str] = field(default_factory=dict)
    name: str = ""
    created_at: float = field(default_factory=time.time)
    ready_at: float = 0.0
    result: api_pb2.GenericResult | None = None  # once it has ended


@dataclass
class World:
    workspace: str = "local"
    user: str = USER
    environments: dict[str, Environment] = field(default_factory=dict)  # by name
    apps: dict[str, App] = field(default_factory=dict)
    functions: dict[str, FunctionRecord] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)  # class id -> app id
    images: dict[str, Image] = field(default_factory=dict)
    mounts: dict[str, Mount] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)
    dicts: dict[str, StoredDict] = field(default_factory=dict)
    queues: dict[str, StoredQueue] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    sandboxes: dict[str, Sandbox] = field(default_factory=dict)  # oldest first
    token_flows: dict[str, TokenFlow] = field(default_factory=dict)
    proxy_tokens: dict[str, ProxyToken] = field(default_factory=dict)
    # By input id, oldest first; the runtime fills it.
    calls: dict[str, CallRecord] = field(default_factory=dict)
    requests: deque[RequestRecord] = field(default_factory=lambda: deque(maxlen=MAX_REQUESTS))

    def owned(self) -> tuple[dict[str, Any], ...]:
        """Returns what belongs to an environment besides its apps: it is deleted and renamed with it."""
        return self.secrets, self.volumes, self.dicts, self.queues, self.proxies, self.endpoints

    def deployed_app(self, name: str, environment: str) -> App | None:
        """Returns the live deployment of that name, or None."""
        for app in self.apps.values():
            deployed = app.state == api_pb2.APP_STATE_DEPLOYED
            if deployed and app.name == name and app.environment == environment:
                return app
        return None

    def active_tasks(self, app_id: str = "") -> list[Task]:
        """Returns containers that have not finished, of one app or of all."""
        return [t for t in self.tasks.values() if not t.finished_at and (not app_id or t.app_id == app_id)]
