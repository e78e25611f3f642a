/* Tells the loop that an event waits: one byte down a socket pair that all taps share. */
#ifndef GW_NOTIFY_H
#define GW_NOTIFY_H

/* Any thread. Sends only when nothing has been sent since gw_notify_clear; never waits. */
void gw_notify(void);

#endif
