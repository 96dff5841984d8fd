"""Fuzzing: whatever lies in a file or is typed, nothing but a `UserError` may come of it.

Each module in `targets/` is one way in: `SEEDS`, inputs to begin from, and `run(data)`, which
raises only when something is wrong. The folder is the list. What a fuzzer found lies in
`found/<target>/` and is tried by the ordinary tests for ever.

    python -m tests.fuzz                        # every target, a minute each
    python -m tests.fuzz settings --runs 1000000
"""
