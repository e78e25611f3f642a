/*
 * The recorder's media side: frames of one direction, each with its place on the bridge's clock, into a ring for
 * the loop. No allocation, no lock, no print, no Python. What finds no room is counted; its place stays empty.
 */
#include "notify.h"
#include "tap_state.h"

void gw_record_command(gw_recording *recording, const gw_command *command) {
    recording->take = command->take;
    recording->next = GW_TICK_UNKNOWN;
}

static uint32_t waiting(gw_record *samples) {
    return samples->written - __atomic_load_n(&samples->read, __ATOMIC_ACQUIRE); /* written is this thread's own */
}

static int follows(const gw_tap *tap, const gw_recording *recording, int64_t tick) {
    if (recording->next == GW_TICK_UNKNOWN) return 0;
    /* A port with shorter frames than the bridge is asked twice in one tick: that is no step back. */
    return tick >= recording->next - tap->frame && tick < recording->next + tap->frame;
}

void gw_record_frame(gw_tap *tap, gw_recording *recording, const int16_t *samples, int64_t tick) {
    gw_record *ring = &recording->samples;
    uint32_t n = (uint32_t)tap->frame;
    int fits = ring->capacity - waiting(ring) >= n;
    if (fits && !follows(tap, recording, tick)) {
        gw_run run = {.tick = tick, .from = ring->written, .take = recording->take};
        fits = gw_ring_push(&recording->runs, &run);
        recording->next = tick;
    }
    if (!fits) {
        atomic_fetch_add_explicit(&tap->lost_recorded, tap->frame, memory_order_relaxed);
        recording->next = GW_TICK_UNKNOWN; /* the next one that fits begins a run */
    } else {
        gw_record_put(ring, samples, tap->frame);
        recording->next += tap->frame;
    }
    if (waiting(ring) >= ring->capacity / 2) gw_notify();
}
