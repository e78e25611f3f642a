/*
 * When packets truly came, by the kernel's time stamps. SO_PEEK_OFF makes each look at a socket go on to the next
 * waiting packet, and the reads that follow move it back, so that every packet is looked at once before it is taken
 * in.
 */
#define _GNU_SOURCE
#include "arrivals.h"

#include <math.h>
#include <stdatomic.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "gate.h"
#include "tap.h"
#include "clock.h"

enum {
    RTP_HEADER = 12,
    RTP_VERSION = 2,
    PACKET_MAX = 2048, /* a packet must be seen whole, or the next look finds its rest */
    LOOKS_MAX = 64     /* a frame: bounds a flood */
};
static const double RTP_TURN = 4294967296.0; /* RTP time stamps have 32 bits */
static const double GAIN = 1.0 / 16.0;       /* RFC 3550, 6.4.1 */

enum { FREE = 0, IDLE = 1, TAKEN = 2 };

typedef struct {
    atomic_int state; /* whoever turns IDLE into TAKEN has the rest; the clock thread only tries, and never waits */
    int rtp, rtcp;
    gw_gate gate;
    int32_t payload_type, clock_rate;
    int started;
    double transit; /* RTP clock units */
    double jitter;  /* RTP clock units */
    double jitter_sum, late_sum;
    gw_arrivals seen;
} watch;

static watch watches[GW_ARRIVALS_MAX];

static double seconds(const struct timespec *t) { return (double)t->tv_sec + 1e-9 * (double)t->tv_nsec; }

/* Bytes of the next waiting packet, when it came (s, the kernel's wall clock, 0 without a stamp) and from where;
 * <= 0: none waits. */
static ssize_t next_waiting(int fd, uint8_t *packet, double *came, gw_source *from) {
    union {
        char space[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = packet, .iov_len = PACKET_MAX};
    struct sockaddr_in source = {.sin_family = AF_UNSPEC};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space};
    message.msg_controllen = sizeof control.space;
    message.msg_name = &source;
    message.msg_namelen = sizeof source;
    ssize_t n = recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT);
    struct cmsghdr *entry = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    *came = 0.0;
    if (entry != NULL && entry->cmsg_level == SOL_SOCKET && entry->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec stamp;
        memcpy(&stamp, CMSG_DATA(entry), sizeof stamp);
        *came = seconds(&stamp);
    }
    *from = (gw_source){.ip = 0};
    if (source.sin_family == AF_INET) *from = (gw_source){ntohl(source.sin_addr.s_addr), ntohs(source.sin_port)};
    return n;
}

static void note_rtp(watch *w, const uint8_t *packet, double came) {
    if ((packet[1] & 0x7F) != w->payload_type) return;
    uint32_t stamp = (uint32_t)packet[4] << 24 | (uint32_t)packet[5] << 16 | (uint32_t)packet[6] << 8 | packet[7];
    double transit = fmod(came * w->clock_rate, RTP_TURN) - (double)stamp;
    if (w->started) w->jitter += (fabs(remainder(transit - w->transit, RTP_TURN)) - w->jitter) * GAIN;
    w->started = 1;
    w->transit = transit;
    w->seen.packets++;
    w->jitter_sum += w->jitter;
}

static void look(watch *w, double now) {
    uint8_t packet[PACKET_MAX];
    double came;
    gw_source from;
    ssize_t n;
    for (int i = 0; i < LOOKS_MAX && (n = next_waiting(w->rtp, packet, &came, &from)) > 0; i++) {
        if (n < RTP_HEADER || packet[0] >> 6 != RTP_VERSION) continue;
        gw_gate_packet(&w->gate, from);
        if (came > 0.0) note_rtp(w, packet, came);
    }
    gw_gate_frame(&w->gate);
    for (int i = 0; i < LOOKS_MAX && (n = next_waiting(w->rtcp, packet, &came, &from)) > 0; i++) {
        if (came <= 0.0) continue;
        w->seen.rtcp++;
        w->late_sum += now > came ? now - came : 0.0;
    }
}

static int take(watch *w) {
    int idle = IDLE;
    return atomic_compare_exchange_strong_explicit(&w->state, &idle, TAKEN, memory_order_acquire,
                                                   memory_order_relaxed);
}

void gw_arrivals_look(void) {
    struct timespec t;
    double now = 0.0;
    for (int i = 0; i < GW_ARRIVALS_MAX; i++) {
        watch *w = &watches[i];
        if (atomic_load_explicit(&w->state, memory_order_relaxed) != IDLE || !take(w)) continue;
        if (now == 0.0) {
            clock_gettime(CLOCK_REALTIME, &t);
            now = seconds(&t);
        }
        look(w, now);
        atomic_store_explicit(&w->state, IDLE, memory_order_release);
    }
}

static int stamped(int fd) {
    int on = 1, from_the_first = 0;
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &from_the_first, sizeof from_the_first) == 0;
}

int32_t gw_arrivals_watch(int32_t rtp_socket, int32_t rtcp_socket, int32_t payload_type, int32_t clock_rate,
                          uint32_t remote_ip, uint16_t remote_port, uint16_t remote_rtcp_port) {
    gw_source told = {remote_ip, remote_port};
    if (clock_rate <= 0 || !stamped(rtp_socket) || !stamped(rtcp_socket)) return GW_BAD_VALUE;
    for (int i = 0; i < GW_ARRIVALS_MAX; i++) {
        watch *w = &watches[i];
        if (atomic_load_explicit(&w->state, memory_order_acquire) != FREE) continue;
        w->rtp = rtp_socket;
        w->rtcp = rtcp_socket;
        w->payload_type = payload_type;
        w->clock_rate = clock_rate;
        w->started = 0;
        w->transit = w->jitter = w->jitter_sum = w->late_sum = 0.0;
        memset(&w->seen, 0, sizeof w->seen);
        gw_gate_begin(&w->gate, rtp_socket, rtcp_socket, told, remote_rtcp_port);
        atomic_store_explicit(&w->state, IDLE, memory_order_release);
        return i;
    }
    return GW_FULL;
}

gw_arrivals gw_arrivals_end(int32_t handle) {
    gw_arrivals seen;
    memset(&seen, 0, sizeof seen);
    if (handle < 0 || handle >= GW_ARRIVALS_MAX) return seen;
    watch *w = &watches[handle];
    if (atomic_load_explicit(&w->state, memory_order_acquire) == FREE) return seen;
    while (!take(w)) { /* the clock thread has it for a few microseconds */
    }
    seen = w->seen;
    seen.other_ip = w->gate.learnt.ip;
    seen.other_port = w->gate.learnt.port;
    if (seen.packets > 0) seen.jitter_mean = 1000.0 * w->jitter_sum / (double)seen.packets / w->clock_rate;
    if (seen.rtcp > 0) seen.rtcp_late_mean = 1000.0 * w->late_sum / (double)seen.rtcp;
    atomic_store_explicit(&w->state, FREE, memory_order_release);
    return seen;
}
