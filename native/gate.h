/*
 * From where a stream is heard (gate.c). The clock thread, but for gw_gate_begin and gw_gate_shut, which the loop calls
 * while no look is going on.
 */
#ifndef GW_GATE_H
#define GW_GATE_H

#include <stdint.h>

typedef struct {
    uint32_t ip; /* host order */
    uint16_t port;
} gw_source;

typedef enum { GATE_TOLD, GATE_OPEN, GATE_LEARNT } gw_gate_state;

typedef struct {
    int rtp, rtcp;
    gw_source told; /* by the far end's SDP; ip 0: it told none, and everybody is heard */
    uint16_t told_rtcp;
    gw_source learnt; /* another that spoke in its place; ip 0: none did */
    gw_source last;   /* who spoke last, not being the one that was told */
    int in_a_row;     /* packets that `last` has sent with none of anybody else between them */
    int quiet;        /* frames without a packet */
    int patience;     /* so many of them open the gate */
    int heard_told;   /* in this frame */
    gw_gate_state state;
} gw_gate;

/* Only what comes from `told` is let in from now on. */
void gw_gate_begin(gw_gate *gate, int rtp, int rtcp, gw_source told, uint16_t told_rtcp);
/* A packet of the far end's audio waits. */
void gw_gate_packet(gw_gate *gate, gw_source from);
/* All that waits in this frame was looked at. */
void gw_gate_frame(gw_gate *gate);

#endif
