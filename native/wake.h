/*
 * Readiness of a file descriptor inside PJSIP's own I/O queue: libHandleEvents(100) returns as soon as it is
 * readable. Nothing is read: whoever owns the socket drains it with recv(MSG_DONTWAIT) and arms again.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. Loop thread only.
 */

typedef struct gw_wake gw_wake;

enum {
    GW_WAKE_IDLE = 0,     /* not armed */
    GW_WAKE_ARMED = 1,    /* nothing to read yet */
    GW_WAKE_READABLE = 2, /* a message (or, on a listening socket, a connection) waits */
    GW_WAKE_CLOSED = 3,   /* the peer has closed its end and everything before that has been read */
    GW_WAKE_FAILED = 4    /* gw_wake_status says why */
};

/* A connected socket (listening 0) or a listening one (1). NULL: *status is the pj_status_t, or GW_NOT_BOUND.
   The fd stays the caller's: the queue gets a duplicate. */
gw_wake *gw_wake_add(int fd, int32_t listening, int32_t *status);
/* Asks for the next readiness; the state it is in now: READABLE at once when something waits already. */
int32_t gw_wake_arm(gw_wake *wake);
/* The state now: ARMED until libHandleEvents has seen the socket become readable. */
int32_t gw_wake_fired(gw_wake *wake);
int32_t gw_wake_status(gw_wake *wake);
/* A listening wake in state READABLE: the accepted socket (now the caller's, close-on-exec), once; else -1. */
int gw_wake_take_accepted(gw_wake *wake);
/* Takes it off the queue and frees it; the caller's fd is not closed. */
void gw_wake_remove(gw_wake *wake);
