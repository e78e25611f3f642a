/*
 * A stream belongs to the far end that its SDP names. Whoever else sends to its port (the far end of an earlier call
 * that was never told to stop, or somebody who tries all ports to be sent a copy) is dropped by the kernel, before
 * PJMEDIA, which would follow him after ten packets.
 *
 * A far end behind a NAT sends from another address than its SDP says. So a gate behind which nothing is heard opens,
 * and closes again behind whoever speaks steadily; the one that the SDP names always goes before him.
 */
#define _GNU_SOURCE
#include "gate.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include "tap.h"
#include "clock.h"

enum {
    FIRST_PATIENCE = 15, /* frames: a far end that answers speaks at once, and who is heard late loses his first word */
    PATIENCE = 100,      /* frames: 2 s, later on; a NAT may give its far end another port in the middle of a call */
    STEADY = 10,         /* packets: so many take PJMEDIA's sending with them, too (PJMEDIA_RTP_NAT_PROBATION_CNT) */
    SOURCE_PORT = 0,     /* offsets: of UDP's header, which is where a UDP socket's filter begins to count */
    SOURCE_ADDRESS = 12, /* of IP's */
    RULES_MAX = 20
};

typedef struct {
    struct sock_filter rules[RULES_MAX];
    unsigned short n;
} filter;

static void add(filter *f, unsigned short code, uint32_t k, uint8_t if_true, uint8_t if_false) {
    f->rules[f->n++] = (struct sock_filter){.code = code, .k = k, .jt = if_true, .jf = if_false};
}

/* Let in what comes from this address and one of two ports. */
static void admit(filter *f, uint32_t ip, uint16_t port, uint16_t other) {
    add(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF + SOURCE_ADDRESS, 0, 0);
    add(f, BPF_JMP | BPF_JEQ | BPF_K, ip, 0, 4);
    add(f, BPF_LD | BPF_H | BPF_ABS, SOURCE_PORT, 0, 0);
    add(f, BPF_JMP | BPF_JEQ | BPF_K, port, 1, 0);
    add(f, BPF_JMP | BPF_JEQ | BPF_K, other, 0, 1);
    add(f, BPF_RET | BPF_K, UINT32_MAX, 0, 0);
}

static int attach(int fd, filter *f) {
    add(f, BPF_RET | BPF_K, 0, 0, 0);
    struct sock_fprog program = {.len = f->n, .filter = f->rules};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void gw_gate_open(int32_t fd) {
    int unused = 0;
    setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

/* One packet that came before is enough for PJMEDIA to follow its sender, for as long as ten of the right one's. */
int32_t gw_gate_shut(int32_t fd) {
    filter none = {.n = 0};
    char byte;
    if (attach(fd, &none) != 0) return GW_BAD_VALUE;
    while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0) {
    }
    return 0;
}

/* RTCP comes from where its SDP says, from the port after the audio's, or from the audio's own (RFC 5761). */
static void enter(gw_gate *g, gw_gate_state state) {
    g->state = state;
    g->quiet = g->in_a_row = 0;
    g->patience = PATIENCE;
    if (state == GATE_OPEN) {
        gw_gate_open(g->rtp);
        gw_gate_open(g->rtcp);
        return;
    }
    filter rtp = {.n = 0}, rtcp = {.n = 0};
    admit(&rtp, g->told.ip, g->told.port, g->told.port);
    admit(&rtcp, g->told.ip, g->told.port, g->told_rtcp);
    if (state == GATE_LEARNT) {
        admit(&rtp, g->learnt.ip, g->learnt.port, g->learnt.port);
        admit(&rtcp, g->learnt.ip, g->learnt.port, (uint16_t)(g->learnt.port + 1));
    }
    if (attach(g->rtp, &rtp) != 0) gw_gate_open(g->rtp);
    if (attach(g->rtcp, &rtcp) != 0) gw_gate_open(g->rtcp);
}

static int same(gw_source a, gw_source b) { return a.ip == b.ip && a.port == b.port; }

void gw_gate_begin(gw_gate *g, int rtp, int rtcp, gw_source told, uint16_t told_rtcp) {
    *g = (gw_gate){.rtp = rtp, .rtcp = rtcp, .told = told, .told_rtcp = told_rtcp};
    enter(g, told.ip != 0 ? GATE_TOLD : GATE_OPEN);
    g->patience = FIRST_PATIENCE;
}

void gw_gate_packet(gw_gate *g, gw_source from) {
    g->quiet = 0;
    if (same(from, g->told)) {
        g->heard_told = 1;
        return;
    }
    g->in_a_row = same(from, g->last) ? g->in_a_row + 1 : 1;
    g->last = from;
}

void gw_gate_frame(gw_gate *g) {
    if (g->told.ip == 0) return;
    if (g->heard_told) {
        g->heard_told = g->in_a_row = 0;
        g->patience = PATIENCE;
        if (g->state != GATE_TOLD) enter(g, GATE_TOLD);
    } else if (g->state == GATE_OPEN) {
        if (g->in_a_row < STEADY) return;
        g->learnt = g->last;
        enter(g, GATE_LEARNT);
    } else if (g->quiet++ >= g->patience) {
        enter(g, GATE_OPEN);
    }
}
