"""A graph on the disk, checked against the sha256 on its card and loaded to run on one thread."""

import hashlib
from pathlib import Path
from typing import Any

from dndmood.errors import UserError
from dndmood.library_environment import send_nothing


def loaded(path: Path, *, sha256: str = "") -> Any:
    """An onnxruntime session of the graph in `path`, whose digest must be `sha256` unless empty.

    Runs on one thread without spinning: a small graph on many threads costs whole cores and
    is no faster. The card's sha256 guards against accidents, as a graph that was cut short or
    put beside another card; whoever can write the graph can write the card as well. The graph is
    loaded from its bytes, so it cannot name further files. Raises `UserError` when the file
    cannot be read, is another one, or is no graph.
    """
    send_nothing()  # again, as something may have changed the environment since the start
    import onnxruntime as ort

    ort.disable_telemetry_events()  # builds that report to Windows itself know only this
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"The model {path} cannot be read: {error.strerror}.") from error
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise UserError(
            f"The model {path} is not the one its card describes (the sha256 differs): "
            "put back the graph or the card that belongs to it."
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own error types have no common public base
        raise UserError(f"The model {path} is not a graph onnxruntime can load.") from error
