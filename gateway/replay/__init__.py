"""`gateway replay`: the calls that a journal holds, sent through changed flows by the very core on a virtual clock."""
