"""Devices and people for demo and trial, played by a separate process over real MQTT.

What it sends and answers is what real ones would; the centres cannot tell. Nothing of the program imports this room.
People are invented.
"""
