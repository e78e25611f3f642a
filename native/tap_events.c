/* Events and presses: what all three producers of a tap do alike. Runs on media threads: no lock, no allocation. */
#include <string.h>

#include "notify.h"
#include "tap_state.h"

int gw_tap_emit(gw_tap *tap, gw_ring *ring, gw_event *event, uint32_t keep, _Atomic int64_t *lost) {
    if (gw_ring_room(ring) <= keep) {
        atomic_fetch_add_explicit(lost, 1, memory_order_relaxed);
        return 0;
    }
    event->order = atomic_fetch_add_explicit(&tap->order, 1, memory_order_relaxed);
    event->at = atomic_load_explicit(&tap->received, memory_order_relaxed);
    gw_ring_push(ring, event);
    gw_notify();
    return 1;
}

static uint64_t pack(int32_t digit, int64_t received) {
    return ((uint64_t)received << 8) | (uint64_t)(uint8_t)digit;
}

int gw_press_is_double(const gw_tap *tap, gw_presses *other, int32_t digit) {
    uint64_t last = atomic_load(&other->last);
    if (last == 0 || (int32_t)(last & 0xFF) != digit) return 0;
    int64_t age = atomic_load_explicit(&tap->received, memory_order_relaxed) - (int64_t)(last >> 8);
    return age <= (int64_t)tap->rate * GW_SAME_PRESS_MS / 1000;
}

void gw_press_refresh(gw_tap *tap, gw_presses *own, int32_t digit) {
    atomic_store(&own->last, pack(digit, atomic_load_explicit(&tap->received, memory_order_relaxed)));
}

uint32_t gw_press_note(gw_tap *tap, gw_presses *own, int32_t digit) {
    gw_press_refresh(tap, own, digit);
    return atomic_fetch_add(&own->count, 1) + 1;
}

void gw_meter_set(gw_meter *meter, int32_t rate, int32_t window_ms, int32_t repeat) {
    meter->window = (int64_t)window_ms * rate / 1000;
    meter->repeat = repeat;
    gw_level_reset(&meter->level);
}

int gw_meter_frame(gw_meter *meter, int32_t rate, const int16_t *samples, int32_t n, gw_event *event) {
    if (meter->window == 0) return 0;
    gw_level_add(&meter->level, samples, n);
    if (meter->level.n < meter->window) return 0;
    memset(event, 0, sizeof *event);
    event->kind = GW_EV_LEVEL;
    event->level_dbm0 = gw_level_rms_dbm0(&meter->level);
    event->peak_dbm0 = gw_level_peak_dbm0(&meter->level);
    event->window_ms = (int32_t)(meter->level.n * 1000 / rate);
    gw_level_reset(&meter->level);
    if (!meter->repeat) meter->window = 0;
    return 1;
}
