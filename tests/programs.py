"""Programs that a test starts and looks on at."""

import subprocess
from types import TracebackType


class Program(subprocess.Popen):
    """A program that ends with the test.

    Left by an exception, the block of a plain `Popen` waits for the end of what the test failed to
    end: for ever, and what was wrong is never told.
    """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, error, trace)
