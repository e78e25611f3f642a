/*
 * Voice activity and call-progress tones of what the far end sends, each off until it is commanded. Runs in
 * put_frame on a media thread: no allocation, no lock, no print, no Python.
 */
#include <string.h>

#include "tap_state.h"

enum {
    DECISION_MS = 20,                   /* of the voice detector, says vad.h */
    DECISIONS = GW_FRAME_MAX / 320 + 1, /* that one frame of 60 ms can bring at most */
    SIGNALS = GW_PROGRESS_PENDING       /* what finds no room comes with the next frame */
};

void gw_hear_command(gw_tap *tap, const gw_command *command) {
    gw_hearing *hearing = &tap->rx.hearing;
    int64_t here = atomic_load_explicit(&tap->received, memory_order_relaxed);
    if (command->kind == GW_CMD_VOICE) {
        hearing->voice = command->value;
        hearing->voice_from = here;
        hearing->decided = 0;
        hearing->speaking = 0;
        gw_vad_init(&hearing->vad, tap->rate);
    } else {
        hearing->tones = command->value >= 0;
        hearing->progress_from = here;
        if (hearing->tones) gw_progress_init(&hearing->progress, tap->rate, command->value);
    }
}

static void hear_voice(gw_tap *tap, const int16_t *samples) {
    gw_hearing *hearing = &tap->rx.hearing;
    gw_vad_frame decisions[DECISIONS];
    int32_t n = gw_vad_feed(&hearing->vad, samples, tap->frame, decisions, DECISIONS);
    for (int32_t i = 0; i < n; i++) {
        int64_t at = hearing->voice_from + hearing->decided; /* first sample of what was decided on */
        hearing->decided += tap->rate * DECISION_MS / 1000;
        if (decisions[i].speech == hearing->speaking) continue;
        hearing->speaking = decisions[i].speech;
        gw_event event;
        memset(&event, 0, sizeof event);
        event.kind = GW_EV_VOICE;
        event.phase = hearing->speaking ? GW_KEY_BEGIN : GW_KEY_END;
        if (hearing->speaking) hearing->spoken_from = at;
        event.start = hearing->spoken_from;
        event.end = hearing->speaking ? -1 : at;
        event.confidence = decisions[i].probability;
        gw_tap_emit(tap, &tap->rx_events, &event, 0, &tap->lost_rx);
    }
}

static void hear_tones(gw_tap *tap, const int16_t *samples) {
    gw_hearing *hearing = &tap->rx.hearing;
    gw_progress_event found[SIGNALS];
    int32_t n = gw_progress_feed(&hearing->progress, samples, tap->frame, found, SIGNALS);
    for (int32_t i = 0; i < n; i++) {
        gw_event event;
        memset(&event, 0, sizeof event);
        event.kind = GW_EV_PROGRESS;
        event.signal = found[i].kind;
        event.phase = found[i].phase == GW_PROGRESS_BEGIN ? GW_KEY_BEGIN : GW_KEY_END;
        event.start = found[i].start + hearing->progress_from;
        event.end = found[i].end < 0 ? -1 : found[i].end + hearing->progress_from;
        event.hz[0] = found[i].hz[0];
        event.hz[1] = found[i].hz[1];
        event.level_dbm0 = found[i].level_dbm0;
        gw_tap_emit(tap, &tap->rx_events, &event, 0, &tap->lost_rx);
    }
}

void gw_hear_frame(gw_tap *tap, const int16_t *samples) {
    if (tap->rx.hearing.voice) hear_voice(tap, samples);
    if (tap->rx.hearing.tones) hear_tones(tap, samples);
}
