"""The technician's bench: measurements on any box that is up, over plain SIP and RTP. Needs Python, numpy, pytest."""
