"""What libraries must be set to by environment variables before they load: send nothing, stay here.

They read these variables while they are imported, or when their first object is made, and some
cannot be set in any other way. So the package itself says it, in front of everything else.
"""

import os

_SEND_NOTHING = (
    # onnxruntime 1.29 and later, see Privacy.md in its wheel. `disable_telemetry_events()` comes
    # too late: by then it has made a device id and looked up the collector.
    "ORT_DISABLE_TELEMETRY",
    # huggingface_hub and with it transformers: all three are read, see its
    # "Environment variables"; the last is also the wish of consoledonottrack.com.
    "HF_HUB_DISABLE_TELEMETRY",
    "DISABLE_TELEMETRY",
    "DO_NOT_TRACK",
)


def send_nothing() -> None:
    """Switch off what libraries report to their makers, whatever the environment said before.

    Programs that are started from here inherit it.
    """
    os.environ.update(dict.fromkeys(_SEND_NOTHING, "1"))


def keep_matplotlib_here() -> None:
    """Give matplotlib a folder of ours for its list of fonts; call it before importing it.

    Without it matplotlib makes folders of its own among the user's settings and caches, and
    takes its style from there. A user who sets `MPLCONFIGDIR` has chosen another place.
    """
    import platformdirs

    ours = platformdirs.user_cache_path("dndmood", appauthor=False) / "matplotlib"
    os.environ.setdefault("MPLCONFIGDIR", str(ours))
