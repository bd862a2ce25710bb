"""What a workspace adds to what it was told: who, when, ids, and settings that nobody set."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.workspace.emulator.state import OWNER, now_ms

Members = dict[str, Any]


def new_id() -> str:
    return str(uuid.uuid4())


def moment() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def owned() -> Members:
    """Whose a thing of Unity Catalog is."""
    now = now_ms()
    return {"created_at": now, "created_by": OWNER, "owner": OWNER, "updated_at": now, "updated_by": OWNER}


def schema(body: Members) -> Members:
    flag = {"inherited_from_name": "metastore", "value": "ENABLE"}
    return owned() | {
        "browse_only": False,
        "catalog_type": "MANAGED_CATALOG",
        "effective_predictive_optimization_flag": flag,
        "enable_predictive_optimization": "INHERIT",
        "full_name": f"{body['catalog_name']}.{body['name']}",
        "metastore_id": new_id(),
        "schema_id": new_id(),
        **body,
    }


def in_schema(body: Members) -> Members:
    return {"full_name": f"{body['catalog_name']}.{body['schema_name']}.{body['name']}", **body}


def volume(body: Members) -> Members:
    made, number = owned(), new_id()
    del made["updated_by"]
    return made | in_schema(body) | {"storage_location": f"s3://bucket/volumes/{number}", "volume_id": number}


def model(body: Members) -> Members:
    return owned() | in_schema(body) | {"metastore_id": new_id()}


def endpoint(body: Members) -> Members:
    """A serving endpoint; one entity gets all of the traffic unless told otherwise."""
    now = now_ms()
    routes = {"traffic_config": {"routes": [{"traffic_percentage": 100}]}}
    return {
        "creation_timestamp": now,
        "creator": OWNER,
        "description": "",
        "id": new_id(),
        "last_updated_timestamp": now,
        "permission_level": "CAN_MANAGE",
        "route_optimized": False,
        **body,
        "config": routes | body["config"],
        "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
    }


def search_endpoint(body: Members) -> Members:
    now = now_ms()
    return {
        "creation_timestamp": now,
        "creator": OWNER,
        "endpoint_status": {"state": "ONLINE"},
        "id": new_id(),
        "last_updated_timestamp": now,
        "last_updated_user": OWNER,
        "scaling_info": {},
        **body,
    }


def search_index(body: Members) -> Members:
    return {"creator": OWNER, "index_subtype": "HYBRID", **body, "status": {"ready": True}}


def settings(body: Members) -> Members:
    """A job's settings with what holds where nothing was said."""
    tasks = []
    for told in body.get("tasks", []):
        task = {"email_notifications": {}, "run_if": "ALL_SUCCESS", "timeout_seconds": 0, **told}
        if "notebook_task" in task:
            task["notebook_task"] = {"source": "WORKSPACE", **task["notebook_task"]}
        tasks.append(task)
    return {"email_notifications": {}, "timeout_seconds": 0, "webhook_notifications": {}, **body, "tasks": tasks}


def pipeline(number: str, body: Members) -> Members:
    return {
        "creator_user_name": OWNER,
        "effective_publishing_mode": "DEFAULT_PUBLISHING_MODE",
        "last_modified": now_ms(),
        "name": body["name"],
        "pipeline_id": number,
        "run_as_user_name": OWNER,
        "spec": {"id": number, **body},
        "state": "IDLE",
    }


def operation(name: str, number: int, kind: str, made: Members) -> Members:
    """Something that takes its time, and is done."""
    words = {"@type": f"type.googleapis.com/databricks.postgres.v1.{kind}OperationMetadata"}
    return {"name": f"{name}/operations/{number}", "done": True, "metadata": words, "response": made}


def _dated(name: str) -> Members:
    return {"create_time": moment(), "name": name, "uid": new_id(), "update_time": moment()}


def project(project_id: str, spec: Members) -> Members:
    name = f"projects/{project_id}"
    status = {
        "branch_logical_size_limit_bytes": 1 << 43,
        "default_branch": f"{name}/branches/production",
        "default_endpoint_settings": {
            "autoscaling_limit_max_cu": 1,
            "autoscaling_limit_min_cu": 1,
            "suspend_timeout_duration": "300s",
        },
        "display_name": project_id,
        "enable_pg_native_login": False,
        "history_retention_duration": "604800s",
        "owner": OWNER,
        "pg_version": 17,
        "project_id": project_id,
        "synthetic_storage_size_bytes": 0,
    }
    return _dated(name) | {"project_id": project_id, "status": status | spec}


def branch(parent: str, branch_id: str) -> Members:
    status = {
        "branch_id": branch_id,
        "current_state": "READY",
        "default": branch_id == "production",
        "is_protected": False,
        "logical_size_bytes": 0,
        "state_change_time": moment(),
    }
    name = f"{parent}/branches/{branch_id}"
    return _dated(name) | {"branch_id": branch_id, "parent": parent, "status": status}


def database_endpoint(parent: str, endpoint_id: str, host: str, spec: Members) -> Members:
    status = {
        "autoscaling_limit_max_cu": spec.get("autoscaling_limit_max_cu", 1),
        "autoscaling_limit_min_cu": spec.get("autoscaling_limit_min_cu", 1),
        "current_state": "ACTIVE",
        "disabled": False,
        "endpoint_id": endpoint_id,
        "endpoint_type": "ENDPOINT_TYPE_READ_WRITE",
        "group": {"enable_readable_secondaries": False, "max": 1, "min": 1},
        "hosts": {"host": host},
        "settings": {},
        "suspend_timeout_duration": "300s",
    }
    name = f"{parent}/endpoints/{endpoint_id}"
    return _dated(name) | {"endpoint_id": endpoint_id, "parent": parent, "status": status}
