"""The demo: a gateway on loopback, foreign SIP parties that call through it, a verdict from what they saw and heard.

Nothing in here reads the gateway's journal, and nothing but `run.py` (which starts the gateway as a process and
makes its site) uses code of the gateway: the parties speak, listen and judge with means of their own.
"""
