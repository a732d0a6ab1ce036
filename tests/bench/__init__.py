"""Measures the budgets of the design: `python -m tests.bench`; `docs/benchmarks.md` explains."""
