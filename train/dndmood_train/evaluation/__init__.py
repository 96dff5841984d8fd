"""What a finished model is worth: asked as the program asks it, without torch.

`test_set` says which clips are asked about, `predict` what the model answers, `own_zero` on whose
zero that is, `metrics` and `significance` what the answers are worth. `comparison` puts two models
side by side, `ser_tests` and `robustness` ask questions with a yes or no. `report` holds all of it;
`report_view` and `plots` show it. `evaluate` walks all of these. `places` finds for a model's card
where emotions lie in its features.
"""
