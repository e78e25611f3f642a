/*
 * See wake.h. A pending one-byte recv with MSG_PEEK (or an accept) is what PJSIP's queue can watch; the byte stays
 * where it is. The queue closes what it is given when it is unregistered, so it is given a duplicate.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pj_abi.h"
#include "tap.h"
#include "wake.h"

struct gw_wake {
    void *key;
    pj_ioqueue_op_key_t op;
    int32_t state, status, listening;
    long accepted; /* pj_sock_t, -1: none */
    long incoming; /* where the queue writes it while the accept is pending */
    char peeked;
};

static void settle_read(gw_wake *wake, ssize_t bytes) {
    if (bytes > 0) {
        wake->state = GW_WAKE_READABLE;
    } else if (bytes == 0) {
        wake->state = GW_WAKE_CLOSED;
    } else {
        wake->state = GW_WAKE_FAILED;
        wake->status = (int32_t)-bytes;
    }
}

static void settle_accept(gw_wake *wake, long sock, pj_status_t status) {
    if (status != PJ_SUCCESS) {
        wake->state = GW_WAKE_FAILED;
        wake->status = status;
        return;
    }
    wake->state = GW_WAKE_READABLE;
    wake->accepted = sock;
}

static void on_read(void *key, pj_ioqueue_op_key_t *op, ssize_t bytes) {
    (void)op;
    settle_read(gw_pj->pj_ioqueue_get_user_data(key), bytes);
}

static void on_accept(void *key, pj_ioqueue_op_key_t *op, long sock, pj_status_t status) {
    (void)op;
    settle_accept(gw_pj->pj_ioqueue_get_user_data(key), sock, status);
}

static const pj_ioqueue_callback callbacks = {.on_read_complete = on_read, .on_accept_complete = on_accept};

gw_wake *gw_wake_add(int fd, int32_t listening, int32_t *status) {
    *status = GW_NOT_BOUND;
    void *pool = gw_pj_pool();
    if (pool == NULL) return NULL;
    gw_wake *wake = calloc(1, sizeof *wake);
    int copy = wake == NULL ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
        *status = GW_BAD_VALUE;
        free(wake);
        return NULL;
    }
    wake->listening = listening;
    wake->accepted = -1;
    gw_pj->pj_ioqueue_op_key_init(&wake->op, sizeof wake->op);
    void *queue = gw_pj->pjsip_endpt_get_ioqueue(gw_pj->pjsua_get_pjsip_endpt());
    *status = gw_pj->pj_ioqueue_register_sock(pool, queue, copy, wake, &callbacks, &wake->key);
    if (*status != PJ_SUCCESS) {
        close(copy);
        free(wake);
        return NULL;
    }
    return wake;
}

int32_t gw_wake_arm(gw_wake *wake) {
    if (wake->state == GW_WAKE_ARMED || wake->accepted >= 0) return wake->state;
    wake->state = GW_WAKE_ARMED;
    pj_status_t status;
    if (wake->listening) {
        wake->incoming = -1;
        status = gw_pj->pj_ioqueue_accept(wake->key, &wake->op, &wake->incoming, NULL, NULL, NULL);
        if (status != PJ_EPENDING) settle_accept(wake, wake->incoming, status);
    } else {
        ssize_t n = 1;
        status = gw_pj->pj_ioqueue_recv(wake->key, &wake->op, &wake->peeked, &n, MSG_PEEK);
        if (status != PJ_EPENDING) settle_read(wake, status == PJ_SUCCESS ? n : -(ssize_t)status);
    }
    return wake->state;
}

int32_t gw_wake_fired(gw_wake *wake) { return wake->state; }

int32_t gw_wake_status(gw_wake *wake) { return wake->status; }

int gw_wake_take_accepted(gw_wake *wake) {
    int fd = wake->state == GW_WAKE_READABLE ? (int)wake->accepted : -1;
    if (fd < 0) return -1;
    wake->accepted = -1;
    wake->state = GW_WAKE_IDLE;
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

void gw_wake_remove(gw_wake *wake) {
    /* After this the queue calls nothing back: it is polled by this very thread. */
    gw_pj->pj_ioqueue_unregister(wake->key);
    if (wake->accepted >= 0) close((int)wake->accepted);
    free(wake);
}
