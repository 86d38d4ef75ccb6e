"""The centre: one headless process that wires inlets, rules, cases, outbox and channels. The only place that names adapters."""
