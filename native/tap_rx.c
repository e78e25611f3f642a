/*
 * What the far end sends: keys, level, echo; voice and tones are in tap_hear.c, the recorder in tap_record.c. Runs
 * in put_frame on a media thread: no allocation, no lock, no print, no Python.
 */
#include <string.h>

#include "tap_state.h"

static const char keys[] = "0123456789*#ABCD"; /* bit i of the key mask is the i-th */

static const int16_t silence[GW_FRAME_MAX];

static void take_commands(gw_tap *tap) {
    gw_command command;
    gw_rx *rx = &tap->rx;
    while (gw_ring_pop(&tap->to_rx, &command)) {
        switch (command.kind) {
        case GW_CMD_DETECT:
            if (command.value == rx->detect) break;
            rx->detect = command.value;
            rx->on = 0;
            /* A fresh start: half a digit from before must not meet half a digit from now. */
            gw_dtmf_init(&rx->dtmf, tap->rate);
            rx->fed = 0;
            break;
        case GW_CMD_KEY_MASK: rx->key_mask = (uint32_t)command.value; break;
        case GW_CMD_ECHO: rx->echo = command.value; break;
        case GW_CMD_MEASURE: gw_meter_set(&rx->meter, tap->rate, command.value, command.repeat); break;
        case GW_CMD_VOICE:
        case GW_CMD_PROGRESS: gw_hear_command(tap, &command); break;
        case GW_CMD_RECORD:
            rx->record = command.value;
            gw_record_command(&tap->recording[0], &command);
            break;
        default: break;
        }
    }
}

static int counts(const gw_rx *rx, int32_t digit) {
    const char *at = digit == 0 ? NULL : strchr(keys, digit);
    return at != NULL && (rx->key_mask >> (at - keys) & 1U) != 0;
}

static void report(gw_tap *tap, const gw_dtmf_event *found, int64_t offset) {
    gw_rx *rx = &tap->rx;
    gw_event event;
    memset(&event, 0, sizeof event);
    if (found->kind == GW_DTMF_BEGIN) {
        if (!counts(rx, found->digit)) return;
        rx->on = found->digit;
        rx->on_doubled = gw_press_is_double(tap, &tap->rfc, found->digit);
        /* Counted before the event is pushed: from here on the sending side stops plays. */
        if (!rx->on_doubled) event.nth = gw_press_note(tap, &tap->inband, found->digit);
        event.phase = GW_KEY_BEGIN;
        event.end = -1;
    } else {
        if (rx->on != found->digit) return;
        if (!rx->on_doubled) gw_press_refresh(tap, &tap->inband, found->digit);
        rx->on = 0;
        event.phase = GW_KEY_END;
        event.end = found->end + offset;
        event.duration_ms = (int32_t)((found->end - found->start) * 1000 / tap->rate);
    }
    event.kind = GW_EV_DIGIT;
    event.digit = found->digit;
    event.source = GW_SOURCE_INBAND;
    event.doubled = rx->on_doubled;
    event.start = found->start + offset;
    event.low_dbm0 = found->low_dbm0;
    event.high_dbm0 = found->high_dbm0;
    event.twist_db = found->twist_db;
    event.confidence = found->confidence;
    if (!gw_tap_emit(tap, &tap->rx_events, &event, 0, &tap->lost_rx) && event.nth != 0) {
        atomic_store(&tap->inband.lost, event.nth);
    }
}

static void detect(gw_tap *tap, const int16_t *samples, int64_t before) {
    gw_dtmf_event found[GW_FRAME_MAX / 64 + GW_DTMF_PENDING]; /* all that one frame can bring, says dtmf.h */
    gw_rx *rx = &tap->rx;
    int64_t offset = before - rx->fed;
    int32_t n = gw_dtmf_feed(&rx->dtmf, samples, tap->frame, found, (int32_t)(sizeof found / sizeof found[0]));
    rx->fed += tap->frame;
    for (int32_t i = 0; i < n; i++)
        report(tap, &found[i], offset);
}

void gw_rx_frame(gw_tap *tap, const int16_t *samples, int64_t tick) {
    gw_rx *rx = &tap->rx;
    gw_event event;
    if (gw_ring_waiting(&tap->to_rx) != 0) take_commands(tap);
    if (samples == NULL) samples = silence;
    int64_t before = atomic_load_explicit(&tap->received, memory_order_relaxed);
    atomic_store_explicit(&tap->received, before + tap->frame, memory_order_relaxed);
    atomic_store_explicit(&tap->tick, tick + tap->frame, memory_order_relaxed);
    if (rx->record) gw_record_frame(tap, &tap->recording[0], samples, tick);
    if (rx->detect) detect(tap, samples, before);
    if (rx->hearing.voice || rx->hearing.tones) gw_hear_frame(tap, samples);
    if (gw_meter_frame(&rx->meter, tap->rate, samples, tap->frame, &event)) {
        event.direction = GW_RECEIVED;
        gw_tap_emit(tap, &tap->rx_events, &event, 0, &tap->lost_rx);
    }
    if (rx->echo && !gw_ring_push(&tap->echo, samples)) {
        atomic_fetch_add_explicit(&tap->lost_echo, 1, memory_order_relaxed);
    }
}
