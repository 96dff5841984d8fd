"""Any Whisper model in the transformers format, as a committee of one.

`whisper:FOLDER` opens the checkpoint in FOLDER, of which only the encoder is used, with the
heads that were fitted on it (FOLDER/heads.npz); a hub name (`whisper:openai/whisper-base`) is
fetched first. Blocks are chosen when heads are fitted. Whisper classifiers, which answer without
heads of ours, go by their own names (`whisper-large-v3`, or any hub name).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from dndmood.errors import UserError
from dndmood_train.teachers import _checkpoint, committee
from dndmood_train.teachers._teacher import Teacher


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:
    """The encoder called `argument`, read by its heads.

    Raises `UserError` when it cannot be had or nobody fitted heads on it.
    """
    if not argument:
        raise UserError("Say which encoder: whisper:FOLDER or whisper:OWNER/NAME.")
    with committee.opened(str(_checkpoint.located(argument)), device=device) as teacher:
        yield teacher
