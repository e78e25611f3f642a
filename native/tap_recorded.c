/*
 * The recorder's loop side: makes the memory, switches, and takes what the media threads have kept. A run tells
 * where on the bridge's clock the samples after it lie, and to which recording they belong.
 */
#include <stdlib.h>
#include <string.h>

#include "tap_state.h"

enum { KEPT_SECONDS = 2 };

/* Samples lie behind the two recordings, in the same piece of memory. */
static gw_recording *recordings(gw_tap *tap) {
    if (tap->recording != NULL) return tap->recording;
    uint32_t capacity = 1;
    while (capacity < (uint32_t)(tap->rate * KEPT_SECONDS))
        capacity *= 2;
    size_t size = 2 * (sizeof(gw_recording) + capacity * sizeof(int16_t)); /* both multiples of 64 */
    gw_recording *made = aligned_alloc(64, size);
    if (made == NULL) return NULL;
    memset(made, 0, size);
    int16_t *samples = (int16_t *)(void *)(made + 2);
    for (int i = 0; i < 2; i++) {
        gw_record_init(&made[i].samples, tap->rate, samples + (size_t)i * capacity, capacity);
        gw_ring_init(&made[i].runs, made[i].run_slots, sizeof(gw_run), GW_RUNS);
        gw_record_mask(&made[i].samples, tap->record_masked);
    }
    tap->recording = made; /* the media threads look at it after their first command only */
    return made;
}

void gw_recordings_free(gw_tap *tap) { free(tap->recording); }

int32_t gw_tap_record(gw_tap *tap, int32_t directions) {
    if (directions < 0 || directions > (GW_RECEIVED | GW_SENT)) return GW_BAD_VALUE;
    if (tap->closing) return GW_CLOSED;
    if (recordings(tap) == NULL) return GW_FULL;
    gw_ring *commands[2] = {&tap->to_rx, &tap->to_tx};
    int32_t concerned = directions | tap->recorded; /* a direction that stays off is not bothered */
    for (int i = 0; i < 2; i++) {
        if ((concerned >> i & 1) != 0 && gw_ring_room(commands[i]) == 0) {
            tap->commands_refused++;
            return GW_FULL;
        }
    }
    for (int i = 0; i < 2; i++) {
        if ((concerned >> i & 1) == 0) continue;
        int32_t on = directions >> i & 1;
        if (on) tap->recording[i].wanted++; /* switched off, what has been kept can still be taken */
        gw_command c = {.kind = GW_CMD_RECORD, .value = on, .take = tap->recording[i].wanted};
        (void)gw_tap_command(tap, commands[i], &c);
    }
    tap->recorded = directions;
    return GW_OK;
}

int32_t gw_tap_record_mask(gw_tap *tap, int32_t on) {
    tap->record_masked = on != 0;
    for (int i = 0; i < 2 && tap->recording != NULL; i++)
        gw_record_mask(&tap->recording[i].samples, on);
    return GW_OK;
}

/* Samples up to the next run; that run is entered when it lies here. */
static uint32_t up_to_next_run(gw_recording *recording, uint32_t waiting) {
    const gw_run *run;
    while ((run = gw_ring_peek(&recording->runs)) != NULL) {
        uint32_t before = run->from - recording->samples.read;
        if (before != 0) return before < waiting ? before : waiting;
        recording->at = run->tick;
        recording->taking = run->take;
        gw_ring_drop(&recording->runs);
    }
    return waiting;
}

int32_t gw_tap_recorded(gw_tap *tap, int32_t direction, int16_t *out, int32_t max, int64_t *tick) {
    if (direction != GW_RECEIVED && direction != GW_SENT) return GW_BAD_VALUE;
    if (tap->recording == NULL || max <= 0) return 0;
    gw_recording *recording = &tap->recording[direction - 1];
    for (;;) {
        /* Asked before the runs: a sample that is seen here has its run in the ring already. */
        uint32_t waiting = (uint32_t)gw_record_waiting(&recording->samples);
        uint32_t n = up_to_next_run(recording, waiting);
        if (n > (uint32_t)max) n = (uint32_t)max;
        int32_t taken = gw_record_take(&recording->samples, out, (int32_t)n);
        *tick = recording->at;
        recording->at += taken;
        if (taken == 0 || recording->taking == recording->wanted) return taken;
    }
}
