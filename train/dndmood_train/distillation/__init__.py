"""How a student learns from clips and a teacher, step by step; `distill` walks all of them.

`recipe` says what is wanted, in one `lesson` or two; `plan` (shown by `plan_view`) what it comes
to. `labelling` asks the teacher, alone or in several `processes`, and keeps `labels`;
`fit_committee` makes a teacher first. `teacher_targets` and `other_sounds` go with the clips
into a `dataset`, `batches` draws from it. `loop` teaches, with `losses` and `optimizer`.
`calibration` sets the finished student's scales, `dev_figures` measures it on voices it never
heard, `model_card` says where it comes from. `progress` shows how far all this is.
"""
