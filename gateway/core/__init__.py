"""The pure core: no await, thread, clock, randomness, logging or I/O. Time comes in as `now=`."""
