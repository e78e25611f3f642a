/*
 * The loop's side of the tap: birth, events, death; its commands are in tap_commands.c. What the media threads do
 * is in tap_rx.c, tap_tx.c, tap_hear.c, tap_record.c and tap_rfc4733.c.
 */
#include <stdlib.h>
#include <string.h>

#include "notify.h"
#include "tap_state.h"

enum { SIGNATURE = 0x47575450 }; /* any number that names our kind of port */

static pj_status_t put_frame(pjmedia_port *port, pjmedia_frame *frame) {
    gw_tap *tap = (gw_tap *)port;
    int audio = frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size == (size_t)tap->frame * sizeof(int16_t);
    gw_rx_frame(tap, audio ? frame->buf : NULL, (int64_t)frame->timestamp);
    return PJ_SUCCESS;
}

static pj_status_t get_frame(pjmedia_port *port, pjmedia_frame *frame) {
    gw_tap *tap = (gw_tap *)port;
    int sound = gw_tx_frame(tap, frame->buf);
    frame->type = sound ? PJMEDIA_FRAME_TYPE_AUDIO : PJMEDIA_FRAME_TYPE_NONE;
    frame->size = sound ? (size_t)tap->frame * sizeof(int16_t) : 0;
    return PJ_SUCCESS;
}

/* On the clock thread, when the last reference is gone. The loop frees: nothing of the tap is touched after this.
 */
static pj_status_t on_destroy(pjmedia_port *port) {
    gw_tap *tap = (gw_tap *)port;
    atomic_store_explicit(&tap->gone, 1, memory_order_release);
    gw_notify();
    return PJ_SUCCESS;
}

gw_tap *gw_tap_new(const char *name, int32_t rate, int32_t frame_samples) {
    int whole_ms = (rate == 8000 || rate == 16000) && frame_samples > 0 && frame_samples % (rate / 1000) == 0;
    if (!whole_ms || frame_samples < rate / 100 || frame_samples > rate * 6 / 100) return NULL;
    if (gw_notify_fd() < 0) return NULL;
    size_t size = (sizeof(gw_tap) + 63) / 64 * 64; /* the rings' counters want their own cache lines */
    gw_tap *tap = aligned_alloc(64, size);
    if (tap == NULL) return NULL;
    memset(tap, 0, size);
    strncpy(tap->name, name, sizeof tap->name - 1);
    tap->rate = rate;
    tap->frame = frame_samples;
    tap->slot = -1;
    tap->port.put_frame = put_frame;
    tap->port.get_frame = get_frame;
    tap->port.on_destroy = on_destroy;
    gw_ring_init(&tap->to_rx, tap->rx_commands, sizeof(gw_command), GW_COMMANDS);
    gw_ring_init(&tap->to_tx, tap->tx_commands, sizeof(gw_command), GW_COMMANDS);
    gw_ring_init(&tap->rx_events, tap->rx_slots, sizeof(gw_event), GW_RX_EVENTS);
    gw_ring_init(&tap->tx_events, tap->tx_slots, sizeof(gw_event), GW_TX_EVENTS);
    gw_ring_init(&tap->rfc_events, tap->rfc_slots, sizeof(gw_event), GW_RFC_EVENTS);
    gw_ring_init(&tap->echo, tap->echo_slots, (uint32_t)((size_t)frame_samples * sizeof(int16_t)), GW_ECHO_FRAMES);
    gw_dtmf_init(&tap->rx.dtmf, rate);
    gw_dtmf_gen_init(&tap->tx.gen, rate);
    tap->rx.detect = 1;
    tap->rx.key_mask = 0xFFFF;
    atomic_init(&tap->tick, GW_TICK_UNKNOWN);
    return tap;
}

int32_t gw_tap_open(gw_tap *tap) {
    void *pool = gw_pj_pool();
    if (pool == NULL) return GW_NOT_BOUND;
    if (tap->closing) return GW_CLOSED;
    if (tap->slot >= 0) return tap->slot;
    pj_str_t name = {tap->name, (ssize_t)strlen(tap->name)};
    pj_status_t status = gw_pj->pjmedia_port_info_init(&tap->port.info, &name, SIGNATURE, (unsigned)tap->rate, 1,
                                                       16, (unsigned)tap->frame);
    /* Our own reference, so that the bridge cannot end the port's life behind us. */
    if (status == PJ_SUCCESS && tap->port.grp_lock == NULL) {
        status = gw_pj->pjmedia_port_init_grp_lock(&tap->port, pool, NULL);
    }
    int slot = -1;
    if (status == PJ_SUCCESS) status = gw_pj->pjsua_conf_add_port(pool, &tap->port, &slot);
    if (status != PJ_SUCCESS) return -status;
    tap->slot = slot;
    return slot;
}

static gw_ring *oldest_of(gw_tap *tap, const gw_event **oldest) {
    gw_ring *rings[] = {&tap->rx_events, &tap->tx_events, &tap->rfc_events}, *best = NULL;
    *oldest = NULL;
    for (int i = 0; i < 3; i++) {
        const gw_event *event = gw_ring_peek(rings[i]);
        if (event != NULL && (*oldest == NULL || (int32_t)(event->order - (*oldest)->order) < 0)) {
            *oldest = event;
            best = rings[i];
        }
    }
    return best;
}

static void see(uint32_t *seen, uint32_t nth) {
    if (nth != 0 && (int32_t)(nth - *seen) > 0) *seen = nth;
}

int32_t gw_tap_events(gw_tap *tap, gw_event *out, int32_t max) {
    /* Read before the rings: presses lost up to here are known once the rings are empty. */
    uint32_t lost_inband = atomic_load(&tap->inband.lost), lost_rfc = atomic_load(&tap->rfc.lost);
    if (gw_tap_gone(tap) && !tap->ended_all) {
        tap->ended_all = 1;
        gw_tx_end_all(tap);
    }
    int32_t n = 0;
    const gw_event *event;
    gw_ring *ring;
    while (n < max && (ring = oldest_of(tap, &event)) != NULL) {
        out[n] = *event;
        gw_ring_drop(ring);
        if (out[n].kind == GW_EV_PLAY_ENDED) tap->n_unended--;
        if (out[n].kind == GW_EV_DIGIT) {
            see(out[n].source == GW_SOURCE_INBAND ? &tap->keys_seen_inband : &tap->keys_seen_rfc4733, out[n].nth);
        }
        n++;
    }
    if (n < max) {
        see(&tap->keys_seen_inband, lost_inband);
        see(&tap->keys_seen_rfc4733, lost_rfc);
    }
    return n;
}

void gw_tap_overflows(gw_tap *tap, gw_overflows *out) {
    out->commands = tap->commands_refused;
    out->received = atomic_load(&tap->lost_rx);
    out->sent = atomic_load(&tap->lost_tx);
    out->rfc4733 = atomic_load(&tap->lost_rfc);
    out->echo = atomic_load(&tap->lost_echo);
    out->recorded = atomic_load(&tap->lost_recorded);
}

int64_t gw_tap_received(gw_tap *tap) { return atomic_load_explicit(&tap->received, memory_order_relaxed); }

int32_t gw_tap_close(gw_tap *tap) {
    if (tap->closing) return GW_OK;
    tap->closing = 1;
    (void)gw_rfc4733_detach(tap);
    if (tap->port.grp_lock == NULL) { /* never was on a bridge */
        on_destroy(&tap->port);
        return GW_OK;
    }
    pj_status_t status = tap->slot < 0 ? PJ_SUCCESS : gw_pj->pjsua_conf_remove_port(tap->slot);
    gw_pj->pjmedia_port_destroy(&tap->port);
    return status;
}

int32_t gw_tap_gone(gw_tap *tap) {
    return atomic_load_explicit(&tap->gone, memory_order_acquire) != 0 && gw_rfc4733_detach(tap);
}

int32_t gw_tap_free(gw_tap *tap) {
    if (!gw_tap_gone(tap)) return 0;
    gw_recordings_free(tap);
    free(tap);
    return 1;
}

int32_t gw_tap_put(gw_tap *tap, const int16_t *samples, int32_t n) {
    if (n < 0 || n % tap->frame != 0) return GW_BAD_VALUE;
    for (int32_t i = 0; i < n; i += tap->frame) {
        pjmedia_frame frame = {.type = samples == NULL ? PJMEDIA_FRAME_TYPE_NONE : PJMEDIA_FRAME_TYPE_AUDIO,
                               .size = samples == NULL ? 0 : (size_t)tap->frame * sizeof(int16_t),
                               .timestamp = (uint64_t)atomic_fetch_add(&tap->hand_tick, tap->frame)};
        int16_t copy[GW_FRAME_MAX]; /* the library hands over a buffer that may be written to */
        if (samples != NULL) memcpy(copy, samples + i, frame.size);
        frame.buf = copy;
        tap->port.put_frame(&tap->port, &frame);
    }
    return GW_OK;
}

int32_t gw_tap_get(gw_tap *tap, int16_t *out, int32_t n) {
    if (n < 0 || n % tap->frame != 0) return GW_BAD_VALUE;
    int32_t audio = 0;
    if (atomic_load(&tap->tick) == GW_TICK_UNKNOWN) atomic_store(&tap->tick, atomic_load(&tap->hand_tick));
    for (int32_t i = 0; i < n; i += tap->frame) {
        pjmedia_frame frame = {.buf = out + i, .size = (size_t)tap->frame * sizeof(int16_t)};
        tap->port.get_frame(&tap->port, &frame);
        audio += frame.type == PJMEDIA_FRAME_TYPE_AUDIO;
    }
    return audio;
}

void gw_tap_hand_tick(gw_tap *tap, int64_t tick) {
    atomic_store(&tap->hand_tick, tick);
    atomic_store(&tap->tick, tick);
}

void gw_tap_hear_rfc4733(gw_tap *tap, int32_t digit, uint32_t rtp_ms, int32_t duration_ms, int32_t flags) {
    gw_rfc4733_report(tap, digit, rtp_ms, duration_ms, flags);
}
