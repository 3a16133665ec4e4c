"""The campaign: thousands of random models, each certified with a right engine and with a corrupted one.

    python -m tests.campaign --models 1000 --seed 0

`kinds` draws models (`model` is what they are written in), `corruptions` spoils an engine's answers, `run` tries both,
`table` counts what came of it.
"""
