"""How a student learns from clips and a teacher, step by step.

`recipe` says what is wanted, in one `lesson` or two, `plan` (shown by `plan_view`) what it comes to. `labelling` asks the
teacher, `dataset` brings together what is learned from, `batches` draws from it. `loop` teaches,
with `losses` and `optimizer`. `calibration` sets the finished student's scales, `dev_figures`
measures it on voices it never heard, `model_card` says where it comes from.
"""
