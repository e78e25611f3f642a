/* Tells the loop that an event waits: one byte down a socket pair that all taps share. Needs <stdint.h> before it.
 */
#ifndef GW_NOTIFY_H
#define GW_NOTIFY_H

#include <stdint.h>

/* Any thread. Sends only when nothing has been sent since gw_notify_clear; never waits. */
void gw_notify(void);

/* How often this thread has called gw_notify. */
uint32_t gw_notified(void);

#endif
