"""An embedded telephony gateway and IVR: SIP trunk in, the client's own manager out, every call measured."""

__version__ = "0.1.0"
