/*
 * See clock.h. No malloc, lock, print or Python on this thread, but for what PJMEDIA does itself.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "arrivals.h"
#include "notify.h"
#include "pj_abi.h"
#include "tap.h"
#include "clock.h"

enum {
    FRAME_MAX = 960,     /* samples: 60 ms at 16 kHz */
    EVENTS_A_POLL = 16,  /* PJ_IOQUEUE_MAX_EVENTS_IN_SINGLE_POLL: fewer mean that nothing is left */
    POLLS_MAX = 64,      /* bounds a flood */
    LATE_FRAMES_MAX = 5, /* made up for one after another, as PJMEDIA's own clock does; more are skipped */
    ANSWER_NS = 5000000, /* key to Play through both processes: 1.5 to 4 ms by make bench; the far end's jitter
                            buffer hides a frame that is that much late */
    NS = 1000000000
};

static struct {
    pjmedia_port *bridge;
    void *queue, *thread;
    int32_t frame;
    int64_t frame_ns;
    atomic_int quit;
    atomic_llong skipped;
} clock_;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

static void sleep_until(int64_t due) {
    struct timespec t = {.tv_sec = due / NS, .tv_nsec = due % NS};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) {
        if (atomic_load_explicit(&clock_.quit, memory_order_relaxed)) return;
    }
}

/* Key and prompt are to be a few milliseconds apart, not a frame more: a key that has just come in stops the prompt
   in the frame that follows, and if that frame waits for a round trip to the core, it begins with the next prompt.
 */
static void wait_for_an_answer(void) {
    struct timespec t = {.tv_nsec = ANSWER_NS};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static void take_in(void) {
    static const pj_time_val at_once;
    gw_arrivals_look();
    for (int i = 0; i < POLLS_MAX; i++) {
        if (gw_pj->pj_ioqueue_poll(clock_.queue, &at_once) < EVENTS_A_POLL) return;
    }
}

static int run(void *unused) {
    static int16_t samples[FRAME_MAX];
    uint64_t stamp = 0;
    int64_t due = now_ns();
    (void)unused;
    while (!atomic_load_explicit(&clock_.quit, memory_order_acquire)) {
        pjmedia_frame frame = {.type = PJMEDIA_FRAME_TYPE_AUDIO, .buf = samples};
        frame.size = (size_t)clock_.frame * sizeof samples[0];
        frame.timestamp = stamp;
        stamp += (uint64_t)clock_.frame;
        uint32_t before = gw_notified();
        take_in();
        if (gw_notified() != before) wait_for_an_answer();
        gw_pj->pjmedia_port_get_frame(clock_.bridge, &frame);
        due += clock_.frame_ns;
        int64_t late = now_ns() - due;
        if (late > LATE_FRAMES_MAX * clock_.frame_ns) {
            int64_t frames = late / clock_.frame_ns;
            atomic_fetch_add_explicit(&clock_.skipped, frames, memory_order_relaxed);
            due += frames * clock_.frame_ns;
        }
        if (late < 0) sleep_until(due);
    }
    return 0;
}

static void on_nothing(void *key, pj_ioqueue_op_key_t *op, ssize_t bytes) { (void)key, (void)op, (void)bytes; }

/* Without any socket, polling the queue sleeps instead of looking (ioqueue_select.c); so it is given one for good.
 */
static pj_status_t give_it_a_socket(void *pool) {
    static const pj_ioqueue_callback callbacks = {.on_read_complete = on_nothing};
    static pj_ioqueue_op_key_t op;
    static char byte;
    ssize_t length = 1;
    int pair[2];
    void *key;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return GW_BAD_VALUE;
    pj_status_t status = gw_pj->pj_ioqueue_register_sock(pool, clock_.queue, pair[0], NULL, &callbacks, &key);
    if (status != PJ_SUCCESS) return status;
    gw_pj->pj_ioqueue_op_key_init(&op, sizeof op);
    status = gw_pj->pj_ioqueue_recv(key, &op, &byte, &length, 0);
    return status == PJ_EPENDING ? PJ_SUCCESS : status;
}

int32_t gw_clock_start(void *bridge, int32_t rate, int32_t frame_samples) {
    void *pool = gw_pj_pool();
    if (pool == NULL) return GW_NOT_BOUND;
    if (bridge == NULL || rate <= 0 || frame_samples <= 0 || frame_samples > FRAME_MAX || clock_.thread != NULL) {
        return GW_BAD_VALUE;
    }
    void *endpoint = gw_pj->pjsua_get_pjmedia_endpt();
    gw_pj->pjmedia_endpt_stop_threads(endpoint);
    clock_.bridge = bridge;
    clock_.queue = gw_pj->pjmedia_endpt_get_ioqueue(endpoint);
    clock_.frame = frame_samples;
    clock_.frame_ns = (int64_t)frame_samples * NS / rate;
    pj_status_t status = give_it_a_socket(pool);
    if (status != PJ_SUCCESS) return status;
    atomic_store(&clock_.quit, 0);
    return gw_pj->pj_thread_create(pool, "gwclock", run, NULL, 0, 0, &clock_.thread);
}

void gw_clock_stop(void) {
    if (clock_.thread == NULL) return;
    atomic_store_explicit(&clock_.quit, 1, memory_order_release);
    gw_pj->pj_thread_join(clock_.thread);
    gw_pj->pj_thread_destroy(clock_.thread);
    clock_.thread = NULL;
}

int64_t gw_clock_skipped(void) { return atomic_load_explicit(&clock_.skipped, memory_order_relaxed); }
