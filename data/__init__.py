"""The centre: MQTT, rules, cases, store, channels. Runs with no screen.

Nothing here imports textual, rich or plotext. Pure parts (`domain`, `rules`, `dispatch`)
take `now` as an argument and have no clock, thread, socket, disk or database.
"""
