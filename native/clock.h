/*
 * The media clock: one thread of ours that every frame first takes in all RTP that has come, then turns the bridge.
 * In place of PJMEDIA's two threads, of which one wakes for every packet: on a small machine the waking costs more
 * than the work (docs/adr/0004).
 *
 * What came is taken in up to a frame late, so the library's own arrival times are off by that much. A watched leg
 * gets the true ones: before a packet is taken in, its kernel time stamp is looked at (MSG_PEEK), and the jitter
 * (RFC 3550, A.8) and the lateness of RTCP are kept here.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. Loop thread only.
 */

enum { GW_ARRIVALS_MAX = 64 };

typedef struct gw_arrivals {
    int64_t packets;       /* audio packets */
    double jitter_mean;    /* ms: mean of the running estimate over those packets */
    double rtcp_late_mean; /* ms: how long RTCP packets had waited when they were taken in */
    int64_t rtcp;          /* RTCP packets */
    uint32_t other_ip;     /* whom the gate learnt in place of `remote_ip`, host order; 0: nobody */
    uint16_t other_port;
} gw_arrivals;

/* Stops PJMEDIA's worker thread and starts ours, which turns `bridge` (the pjmedia_port * of setNoDev). 0, or
   GW_NOT_BOUND, GW_BAD_VALUE, or a pj_status_t. Once for each endpoint. */
int32_t gw_clock_start(void *bridge, int32_t rate, int32_t frame_samples);
/* Ends the thread; before libDestroy. */
void gw_clock_stop(void);
/* Frames that came late by more than one frame and were not made up for. */
int64_t gw_clock_skipped(void);

/* Lets nothing in by this UDP socket, until a watch on it begins or it is opened; what has come is thrown away. 0 or
   GW_BAD_VALUE. */
int32_t gw_gate_shut(int32_t socket);
/* Lets everything in. */
void gw_gate_open(int32_t socket);

/* Watches the sockets of a stream, and lets in what comes from its far end alone (gate.c): `remote_ip` (host order, 0
   when it is not known: then everything is let in) and ports as its SDP names them. `payload_type` is its audio's,
   `clock_rate` its RTP clock in Hz. A handle >= 0, or GW_FULL when GW_ARRIVALS_MAX are watched, GW_BAD_VALUE for what
   is no socket. */
int32_t gw_arrivals_watch(int32_t rtp_socket, int32_t rtcp_socket, int32_t payload_type, int32_t clock_rate,
                          uint32_t remote_ip, uint16_t remote_port, uint16_t remote_rtcp_port);
/* What was seen; ends the watch. The gate stays as it is. */
gw_arrivals gw_arrivals_end(int32_t handle);
