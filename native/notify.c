/*
 * One socket pair for all taps. The flag keeps the media threads from sending more than one byte for each visit of
 * the loop; the loop clears it before it looks into the rings, so an event that comes after that look sends again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/socket.h>

#include "notify.h"
#include "tap.h"

static int pair[2] = {-1, -1}; /* reading end, writing end; made before the first tap, kept for ever */
static atomic_int announced;
static _Thread_local uint32_t times; /* a thread's own calls of gw_notify */

int gw_notify_fd(void) {
    if (pair[0] < 0 && socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return -1;
    return pair[0];
}

void gw_notify(void) {
    times++;
    if (atomic_exchange(&announced, 1) == 0) (void)send(pair[1], "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

uint32_t gw_notified(void) { return times; }

void gw_notify_clear(void) {
    char byte;
    while (recv(pair[0], &byte, 1, MSG_DONTWAIT) > 0)
        continue;
    /* An exchange, not a store: it takes over from the last announcement, whose event is then seen in its ring. */
    (void)atomic_exchange(&announced, 0);
}
