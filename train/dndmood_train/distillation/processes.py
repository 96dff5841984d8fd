"""Several processes of this machine that ask a teacher side by side."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dndmood.errors import UserError
from dndmood_train.teachers import device_named


@dataclass(frozen=True, slots=True)
class Team:
    """The processes that share the work, and which of them this is."""

    rank: int = 0
    size: int = 1
    device: str = "auto"
    wait: Callable[[], None] = lambda: None


def team() -> Team:
    """The processes that this one belongs to, alone unless a launcher says otherwise."""
    # Alone unless a launcher says otherwise, so that accelerate is only needed for a team.
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Team()
    from accelerate import PartialState

    state = PartialState(cpu=os.environ.get("ACCELERATE_USE_CPU", "").lower() in {"1", "true"})
    return Team(
        state.process_index, state.num_processes, str(state.device), state.wait_for_everyone
    )


def spread(arguments: Sequence[str], *, processes: int, device: str) -> None:
    """Run `label` with these arguments in several processes of this machine.

    They find each other through accelerate, one GPU to each where there are enough. Raises
    `UserError` with what the process that failed printed.
    """
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    launch += ["--nproc_per_node", str(processes), "-m", "dndmood_train", "label", *arguments]
    on_cpu = device_named(device).startswith("cpu")
    environment = {"ACCELERATE_USE_CPU": "1", "OMP_NUM_THREADS": "1"} if on_cpu else {}
    done = subprocess.run(  # noqa: S603 - our own module, arguments passed as a list
        launch,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            **environment,
        },
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        lines = (
            [line for line in lines if "UserError: " in line] or lines or ["it said nothing"]
        )
        raise UserError(f"Labelling in {processes} processes failed: {lines[0].strip()}")
