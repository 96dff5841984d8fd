import subprocess
import sys

import pytest

CODE = """
import sys, threading
import numpy as np
from dndmood.allocation import give_memory_back
if sys.argv[1] == "back":
    give_memory_back()
def work():
    kept = []
    for size in range(100_000, 4_000_000, 100_000):
        kept.append(np.ones(size, np.uint8))
        np.ones(size // 2, np.uint8)
    there.wait()
there = threading.Barrier(8)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(open("/proc/self/statm").read().split()[1])
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="how large a program is, is read from /proc"
)
def test_what_threads_used_for_a_moment_goes_back_to_the_system():
    pages = {}
    for how in ("kept", "back"):
        run = subprocess.run(
            [sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True
        )
        pages[how] = int(run.stdout)
    assert pages["back"] * 4096 < 45e6
